*** Settings ***
Documentation    The claim-status look-up of bench/script_side.py, keyword by keyword.
Library          Browser
Library          bench.robot_orders.Orders


*** Test Cases ***
Look Up Claims As Ordered
    ${task}=    Take Task
    New Browser    chromium    headless=True    executablePath=${task.browser}    args=${task.arguments}
    New Context    viewport={'width': 1280, 'height': 900}    serviceWorkers=block
    New Page    ${task.address}/signin
    Sign In    ${task}
    Say Ready
    WHILE    True    limit=NONE
        ${claims}=    Take Order
        IF    not $claims    BREAK
        ${right}=    Set Variable    ${0}
        FOR    ${claim}    IN    @{claims}
            ${found}=    Look Up    ${task.address}    ${claim}
            ${right}=    Evaluate    $right + $found
        END
        Answer Order    ${right}
    END


*** Keywords ***
Sign In
    [Arguments]    ${task}
    Fill Text    input[name=userId]    ${task.user_name}
    Fill Secret    input[name=passwd]    $task.password
    Click    main button:text-is("Sign in")
    Wait For Elements State    h1:text-is("Select provider")
    Check Checkbox    input[name=actAs][value="${task.npi}"]
    Click    main button:text-is("Continue")
    Wait For Elements State    h1:has-text("Welcome")

Look Up
    [Arguments]    ${address}    ${claim}
    Go To    ${address}/claims/search
    Fill Text    input[name=mbrId]    ${claim.member_id}
    Fill Text    input[name=dosFrom]    ${claim.first_day}
    Fill Text    input[name=dosTo]    ${claim.last_day}
    Click    main button:text-is("Search")
    Wait For Elements State    h1:text-is("Claim status results")
    ${rows}=    Texts Of    main table tbody tr
    ${number}=    Number Of Row    ${rows}    ${claim.billed}
    Click    main a:text-is("${number}")
    Wait For Elements State    h1:text-is("Claim detail")
    ${texts}=    Texts Of    main dl > div
    ${lines}=    Texts Of    main table tbody tr
    ${notes}=    Texts Of    main section > p
    ${fields}=    Fields Of    ${texts}
    ${right}=    Evaluate    $fields["Claim number"] == $number and $fields["Total charge"] == $claim.billed and "Claim status" in $fields
    RETURN    ${right}

Texts Of
    [Arguments]    ${selector}
    ${texts}=    Evaluate JavaScript    ${selector}    (elements) => elements.map((one) => one.innerText)    all_elements=True
    RETURN    ${texts}
