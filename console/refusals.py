"""Why the desk is not served: what `console.serving` refuses before anything is shown to anybody."""


class AddressRefused(Exception):
    """The desk would be open to other computers without TLS, or under no name."""


class CertificateRefused(Exception):
    """The certificate or its key cannot be used."""


class PortTaken(Exception):
    """Something else listens there."""
