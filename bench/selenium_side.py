"""The same look-up in Selenium: same clicks, same browser and arguments, by chromedriver instead of Playwright.

Fields are read by one script a list, which is as cheap as Selenium can read.
"""

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from bench.talk import Asked, Task, carry_out, read_order

_SECONDS = 30
_TEXTS = "return Array.from(document.querySelectorAll(arguments[0]), (one) => one.innerText);"


def main() -> None:
    """Sign in, then look up as many claims as each order says."""
    task = Task.of_order(read_order())
    options = webdriver.ChromeOptions()
    options.binary_location = task.browser
    for argument in (*task.arguments, "--headless", "--window-size=1280,900"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(executable_path=task.driver))
    try:
        _sign_in(driver, task)
        carry_out(task, lambda asked: _look_up(driver, task.address, asked))
    finally:
        driver.quit()


def _sign_in(driver: webdriver.Chrome, task: Task) -> None:
    driver.get(f"{task.address}/signin")
    driver.find_element(By.NAME, "userId").send_keys(task.user_name)
    driver.find_element(By.NAME, "passwd").send_keys(task.password)
    _button(driver, "Sign in")
    _heading(driver, "Select provider")
    driver.find_element(By.CSS_SELECTOR, f"input[name=actAs][value='{task.npi}']").click()
    _button(driver, "Continue")
    _heading(driver, "Welcome")


def _look_up(driver: webdriver.Chrome, address: str, asked: Asked) -> bool:
    driver.get(f"{address}/claims/search")
    driver.find_element(By.NAME, "mbrId").send_keys(asked.member_id)
    driver.find_element(By.NAME, "dosFrom").send_keys(asked.first_day)
    driver.find_element(By.NAME, "dosTo").send_keys(asked.last_day)
    _button(driver, "Search")
    _heading(driver, "Claim status results")
    rows = [text.split("\t") for text in _texts(driver, "main table tbody tr")]
    number = next(row[0].strip() for row in rows if asked.billed in [cell.strip() for cell in row])
    driver.find_element(By.LINK_TEXT, number).click()
    _heading(driver, "Claim detail")
    fields = {}
    for text in _texts(driver, "main dl > div"):
        caption, _, value = text.partition("\n")
        fields[caption.strip()] = value.strip()
    fields["rows"] = "\n".join(_texts(driver, "main table tbody tr"))
    fields["notes"] = "\n".join(_texts(driver, "main section > p"))
    return fields["Claim number"] == number and fields["Total charge"] == asked.billed and "Claim status" in fields


def _button(driver: webdriver.Chrome, words: str) -> None:
    driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']").click()


def _heading(driver: webdriver.Chrome, words: str) -> None:
    path = f"//main//*[self::h1 or self::h2][starts-with(normalize-space(), '{words}')]"
    WebDriverWait(driver, _SECONDS).until(expected_conditions.visibility_of_element_located((By.XPATH, path)))


def _texts(driver: webdriver.Chrome, selector: str) -> list[str]:
    texts: list[str] = driver.execute_script(_TEXTS, selector)
    return texts


if __name__ == "__main__":
    main()
