"""Sends a message to one target, by e-mail, webhook or whatever its address says; on a thread, never in the event loop.

The messages are of our own words. An address is shown to nobody, not even when it is wrong: of what goes wrong there is
only "not sent".
"""

from typing import TYPE_CHECKING

from portalwright.watching.targets import Target, TargetRefused

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

SUBJECT_BEGINS = "portalwright: "


def kind_of(target: Target) -> str:
    """What kind of service the address names ("E-Mail", "JSON"). Raises TargetRefused when it names none."""
    return str(_service(target).service_name)


def send(target: Target, subject: str, body: str) -> bool:
    """Send the message now; True when the service has taken it. Blocks for some seconds; raises nothing for a service
    that is down, refuses, or whose address has become unusable.
    """
    try:
        return bool(_service(target).notify(body=body, title=SUBJECT_BEGINS + subject))
    except Exception:
        # Whatever a service's code raises, its text may hold the address.
        return False


def _service(target: Target) -> "NotifyBase":
    from apprise import Apprise

    service = Apprise.instantiate(target.address.reveal(), asset=_asset())
    if service is None:
        raise TargetRefused(
            "This is no address that a message can be sent to. Nothing was kept; see docs/watching.md for examples."
        )
    return service


def _asset() -> "AppriseAsset":
    """Nothing on the disk, no pictures from elsewhere, no keys of its own, no redirects to another server."""
    from apprise import AppriseAsset, NotifyFormat, PersistentStoreMode

    return AppriseAsset(
        storage_mode=PersistentStoreMode.MEMORY,
        allow_templates=False,
        app_id="portalwright",
        app_desc="portalwright",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        body_format=NotifyFormat.TEXT,
        async_mode=False,
        secure_logging=True,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
    )
