"""A practice portal ends surely, whatever happens to whoever started it, and is the same at each start."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psutil
import pytest

from sandbox.process import PracticePortal

STARTER = """
import time
from sandbox.process import PracticePortal
with PracticePortal(seed=1, claims=1) as portal:
    print(portal.process_id, flush=True)
    time.sleep(60)
"""


def wait_until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


def test_the_process_is_gone_after_the_with_statement() -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        process = psutil.Process(portal.process_id)
        assert process.is_running()
    assert not psutil.pid_exists(portal.process_id)


def test_the_process_is_gone_when_the_work_inside_fails() -> None:
    with pytest.raises(ZeroDivisionError), PracticePortal(seed=1, claims=1) as portal:
        raise ZeroDivisionError
    assert not psutil.pid_exists(portal.process_id)


def test_the_process_ends_when_its_starter_is_killed() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    process = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    assert wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def test_a_press_that_hangs_does_not_keep_the_process_alive() -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        page = urllib.request.urlopen(f"{portal.address}/signin", timeout=5)
        token = page.read().decode().split('name="formTkn" value="')[1].split('"')[0]
        cookie = page.headers["set-cookie"].split(";")[0]
        portal.faults(password_press="hang")
        request = urllib.request.Request(
            f"{portal.address}/signin", data=f"formTkn={token}&userId=x&passwd=y".encode(), headers={"Cookie": cookie}
        )
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(request, timeout=0.5)
        started = time.monotonic()
    assert time.monotonic() - started < 4


def test_it_can_be_told_to_shut_down_and_ends_with_exit_code_nought() -> None:
    command = [sys.executable, "-m", "sandbox", "serve", "practice-national", "--claims", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert set(ready) == {"portal", "control", "user_name", "password", "totp_seed", "security_answers"}
    urllib.request.urlopen(ready["control"] + "/shutdown", data=b"{}", timeout=5).read()
    assert process.wait(10) == 0
    process.stdout.close()


def test_two_starts_with_one_seed_have_the_same_truth_and_sign_in_data() -> None:
    seen = []
    for _ in range(2):
        with PracticePortal(seed=5, claims=10, today="2026-11-20") as portal:
            seen.append((portal.truth(), portal.worklist_csv(), portal.password, portal.totp_seed))
    assert seen[0] == seen[1]
    assert seen[0][0]["today"] == "2026-11-20"


def test_another_seed_has_another_password() -> None:
    with PracticePortal(seed=5, claims=1) as one, PracticePortal(seed=6, claims=1) as other:
        assert one.password != other.password
        assert one.totp_seed != other.totp_seed


def test_a_portal_that_cannot_start_says_so_and_leaves_nothing() -> None:
    with pytest.raises(RuntimeError, match="did not start"), PracticePortal("no-such-portal"):
        pass


def test_the_control_side_is_not_reachable_through_the_portal() -> None:
    with PracticePortal(seed=1, claims=1) as portal:
        for path in ("/truth", "/events", "/faults", "/clock"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(portal.address + path, timeout=5)


def test_the_control_side_gives_what_reaches_the_office_by_other_ways(portal: PracticePortal) -> None:
    truth = portal.truth()
    appointments = portal.appointments_csv().splitlines()
    assert appointments[0] == (
        "appointment_number,practice_tin,billing_npi,portal,member_id,last_name,first_name,birth_date,"
        "service_from,service_to,service_type,plan_name,group_number,other_payer"
    )
    assert len(appointments) == 1 + len(truth["appointments"]) == 21
    assert portal.deposits_csv().splitlines()[0] == "deposited_on,amount,trace,payer,reference"
    assert len(portal.deposits_csv().splitlines()) == 1 + len(truth["deposits"])
    trace = truth["remittances"][0]["trace"]
    assert trace.encode() in portal.document(trace, "835")
    assert portal.document(trace, "eob").startswith(b"%PDF")
    assert portal.acknowledgement("999").startswith(b"ISA")
    assert portal.acknowledgement("277CA").startswith(b"ISA")
