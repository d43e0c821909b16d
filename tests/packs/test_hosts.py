"""A pack declares the hosts that its portal needs, and a path of it never leads to another host."""

from pathlib import Path

import pytest

from packs.hosts import host_and_port
from packs.load import load_pack
from packs.problems import PackError
from tests.packs.conftest import GOOD, write, write_pack


def test_hosts_of_a_pack(tmp_path: Path) -> None:
    hosts = ("cdn.example.com", "*.example.com", "files.example.com:8443", "localhost:9000")
    listed = ", ".join(f'"{host}"' for host in hosts)
    write_pack(tmp_path, GOOD.replace("time_zone:", f"hosts: [{listed}]\ntime_zone:", 1))
    assert load_pack("practice-national", tmp_path).hosts == hosts


@pytest.mark.parametrize(
    "host",
    [
        "https://cdn.example.com", "cdn.example.com/path", "CDN.example.com", "*", "*.com", "cdn.*.com", "a b", "",
        "user@cdn.example.com", "cdn.example.com:", "cdn.example.com:0", "cdn.example.com:70000", "-cdn.example.com",
        "cdn.example.com,evil.example", "cdn.example.com;*", "<-loopback>", "cdn..example.com", "cdn.example.com.",
    ],
)  # fmt: skip
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError, match=r"must be the name of a host|two names or more|up to 65535"):
        host_and_port(host)


def test_what_is_no_host_is_told_at_its_line(tmp_path: Path) -> None:
    write_pack(tmp_path, GOOD.replace("time_zone:", 'hosts: ["cdn.example.com", "<-loopback>"]\ntime_zone:', 1))
    with pytest.raises(PackError, match=r"portal.yaml, line 10, hosts\[2\]: must be the name of a host"):
        load_pack("practice-national", tmp_path)


def test_an_office_declares_a_host_that_a_shipped_pack_lacks(tmp_path: Path) -> None:
    write(tmp_path, "practice-national/overlay.yaml", "hosts: [cdn.example.com]\n")
    pack = load_pack("practice-national", tmp_path)
    assert pack.hosts == ("cdn.example.com",)
    assert "+office." in pack.version


def test_a_path_that_leads_to_another_host_is_refused(tmp_path: Path) -> None:
    start = next(line for line in GOOD.splitlines() if line.strip().startswith("start:"))
    write_pack(tmp_path, GOOD.replace(start, start.partition(":")[0] + ": //evil.example/sign-in", 1))
    with pytest.raises(PackError, match="beginning with one '/'"):
        load_pack("practice-national", tmp_path)
