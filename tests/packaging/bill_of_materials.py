"""Write what the program is made of: a software bill of materials. `python -m tests.packaging.bill_of_materials FILE`.

CycloneDX 1.6 as JSON: every pinned package with its version, its licence, the hashes of the files that may be
installed, and which package wants it. It is made from requirements/ and not from what is installed here, so that it is
the same on every computer and names what only Windows or macOS needs too. No time stands in it: the
same pins make the same file.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.packaging.pinned import ROOT, RUNTIME, Pin, pins

LICENCES = ROOT / "requirements" / "licences.toml"
PROGRAM = "portalwright"


def licences() -> dict[str, str]:
    """The licence of each package by its name, as SPDX writes it."""
    return dict(tomllib.loads(LICENCES.read_text(encoding="utf-8"))["packages"])


def _component(pin: Pin, licence: str) -> Component:
    where = (
        []
        if pin.requirement.marker is None
        else [Property(name="portalwright:where", value=str(pin.requirement.marker))]
    )
    return Component(
        name=pin.name,
        version=pin.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{pin.name}=={pin.version}",
        purl=PackageURL("pypi", None, pin.name, pin.version),
        licenses=[LicenseExpression(licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in pin.hashes],
        properties=where,
    )


def bill_of_materials() -> str:
    """The bill as JSON text. KeyError names a package whose licence nobody has written down."""
    wanted, said = pins(RUNTIME), licences()
    program = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    itself = Component(
        name=PROGRAM,
        version=program["version"],
        type=ComponentType.APPLICATION,
        bom_ref=PROGRAM,
        description=program["description"],
    )
    components = {pin.name: _component(pin, said[pin.name]) for pin in wanted}
    bill = Bom(
        components=components.values(),
        dependencies=[
            Dependency(
                of.bom_ref,
                [Dependency(components[pin.name].bom_ref) for pin in wanted if of.name in pin.wanted_by],
            )
            for of in (itself, *components.values())
        ],
        serial_number=uuid5(NAMESPACE_OID, RUNTIME.read_text(encoding="utf-8")),
    )
    bill.metadata.component = itself
    # The library writes the time of making; a bill that is the same for the same pins can be compared byte for byte.
    return _without_time(JsonV1Dot6(bill).output_as_string())


def _without_time(text: str) -> str:
    bill = json.loads(text)
    del bill["metadata"]["timestamp"]
    return json.dumps(bill, indent=2, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bill to the named file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args(arguments).file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(bill_of_materials(), encoding="utf-8")
    print(f"{file}: {len(pins(RUNTIME))} packages, CycloneDX 1.6")
    return 0


if __name__ == "__main__":
    sys.exit(main())
