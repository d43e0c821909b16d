"""Payments: sealed documents, remittances in their readings down to each adjustment, deposits, acknowledgements.

Money is in cents, signs as in the file. What a payer writes freely is kept as text of any length; columns that end in
`_key` hold it as it is compared.
"""

from django.db import models

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.answers import Attempt
from ledger.models.people import Account, Practice
from ledger.models.work import Case, Claim


class Document(AddedOnly):
    """One sealed file: opaque name, SHA-256 and size in bytes of what was sealed. The same content is kept once."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kept_at = models.DateTimeField()

    objects = AddedOnlyManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "sha256"], name="one_document_per_content"),)


class DocumentKey(models.Model):
    """The wrapped key of a document. Deleting it makes the document unreadable for ever."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="key")
    wrapped = models.BinaryField()


class DocumentArrival(AddedOnly):
    """Each time a document came: by an attempt at a portal, or (attempt null) by an account's import."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="arrivals")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="documents")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    portal = models.CharField(max_length=100, default="")
    at = models.DateTimeField()

    objects = AddedOnlyManager()


class Remittance(models.Model):
    """One payment. What it is made of stands in its readings; `leading` is the one that counts."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    portal = models.CharField(max_length=100, default="")
    trace_key = models.CharField(max_length=100)
    amount_cents = models.BigIntegerField()
    paid_on = models.DateField(null=True)
    leading = models.OneToOneField("ledger.RemittanceReading", models.PROTECT, null=True, related_name="leads")
    first_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["practice", "trace_key"], name="remittances_by_trace"),
            models.Index(fields=["practice", "paid_on", "id"], name="remittances_by_day"),
            models.Index(fields=["practice", "portal"], name="remittances_by_portal"),
        )


class RemittanceReading(models.Model):
    """One document's word about a payment. `number` counts from 1 inside the document.

    Where it says the same as an earlier one (`repeats`), it has no rows of its own below.
    """

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="readings")
    document = models.ForeignKey(Document, models.PROTECT, related_name="readings")
    number = models.PositiveIntegerField()
    repeats = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=5)
    method = models.CharField(max_length=5)
    trace = models.TextField()
    originator = models.TextField(null=True)
    payer_name = models.TextField(null=True)
    payer_identifier = models.TextField(null=True)
    payer_tin = models.TextField(null=True)
    payee_name = models.TextField(null=True)
    payee_identifier = models.TextField(null=True)
    payee_tin = models.TextField(null=True)
    amount_cents = models.BigIntegerField()
    paid_on = models.DateField(null=True)
    production_date = models.DateField(null=True)
    claim_count = models.PositiveIntegerField()
    line_balanced = models.BooleanField()
    claim_balanced = models.BooleanField()
    transaction_balanced = models.BooleanField()
    unbalanced = models.TextField()
    confidence = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="one_reading_per_place"),)


class RemitClaim(models.Model):
    """One claim of a remittance. `claim` is ours, when exactly one fits; `fit` says how that was found out.

    `status_fit` says whether the portal's newest claim status agrees with it.
    """

    reading = models.ForeignKey(RemittanceReading, models.PROTECT, related_name="claims")
    number = models.PositiveIntegerField()
    patient_account_number = models.TextField()
    account_key = models.CharField(max_length=100)
    status = models.TextField()
    billed_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    patient_responsibility_cents = models.BigIntegerField(null=True)
    allowed_cents = models.BigIntegerField(null=True)
    filing_indicator = models.TextField(null=True)
    payer_claim_number = models.TextField(null=True)
    payer_claim_key = models.CharField(max_length=100, default="")
    facility_code = models.TextField(null=True)
    frequency = models.TextField(null=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    received_date = models.DateField(null=True)
    coverage_ends = models.DateField(null=True)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="remitted")
    fit = models.CharField(max_length=20, default="")
    status_fit = models.CharField(max_length=20, default="")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["reading", "number"], name="one_claim_per_place"),)
        indexes = (
            models.Index(fields=["account_key"], name="remit_claims_by_account"),
            models.Index(fields=["payer_claim_key"], name="remit_claims_by_payer_number"),
        )


class RemitPerson(models.Model):
    """A person or organisation that a claim names, in one of its roles (patient, corrected_insured, ...)."""

    remit_claim = models.ForeignKey(RemitClaim, models.PROTECT, related_name="people")
    role = models.CharField(max_length=20)
    last_name = models.TextField(null=True)
    first_name = models.TextField(null=True)
    identifier = models.TextField(null=True)


class RemitLine(models.Model):
    """One service line. Units are text, so that no database rounds them; modifiers are parted by spaces."""

    remit_claim = models.ForeignKey(RemitClaim, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    procedure = models.TextField()
    modifiers = models.TextField()
    billed_procedure = models.TextField(null=True)
    revenue_code = models.TextField(null=True)
    units = models.TextField(null=True)
    billed_units = models.TextField(null=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    billed_cents = models.BigIntegerField(null=True)
    paid_cents = models.BigIntegerField(null=True)
    allowed_cents = models.BigIntegerField(null=True)


class RemitAdjustment(models.Model):
    """One adjustment (group, claim adjustment reason code) of a claim, or of one of its lines."""

    remit_claim = models.ForeignKey(RemitClaim, models.PROTECT, related_name="adjustments")
    line = models.ForeignKey(RemitLine, models.PROTECT, null=True, db_index=False)
    group = models.TextField()
    carc = models.TextField()
    amount_cents = models.BigIntegerField()
    quantity = models.TextField(null=True)


class RemarkCode(models.Model):
    """One remark code of a claim, or of one of its lines."""

    remit_claim = models.ForeignKey(RemitClaim, models.PROTECT, related_name="remarks")
    line = models.ForeignKey(RemitLine, models.PROTECT, null=True, db_index=False)
    code = models.TextField()


class RemitReference(models.Model):
    """A number with its X12 qualifier: of the payment (claim null), of a claim, or of one of its lines."""

    reading = models.ForeignKey(RemittanceReading, models.PROTECT, related_name="references")
    remit_claim = models.ForeignKey(RemitClaim, models.PROTECT, null=True, related_name="references")
    line = models.ForeignKey(RemitLine, models.PROTECT, null=True, db_index=False)
    qualifier = models.TextField()
    number = models.TextField()


class ProviderAdjustment(models.Model):
    """Money given or taken beside the claims (PLB; positive takes away), and what it refers to, where that is here."""

    reading = models.ForeignKey(RemittanceReading, models.PROTECT, related_name="provider_adjustments")
    number = models.PositiveIntegerField()
    reason = models.TextField()
    reference = models.TextField(null=True)
    reference_key = models.CharField(max_length=100, default="", db_index=True)
    amount_cents = models.BigIntegerField()
    fiscal_year_end = models.DateField(null=True)
    about_claim = models.ForeignKey(RemitClaim, models.PROTECT, null=True, related_name="taken_back")
    about_remittance = models.ForeignKey(Remittance, models.PROTECT, null=True, related_name="taken_back")


class RemittanceCase(AddedOnly):
    """A case about a remittance; while one that `holds` is open, the remittance is not given to the practice system."""

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="cases")
    case = models.OneToOneField(Case, models.PROTECT, related_name="about_remittance")
    holds = models.BooleanField()

    objects = AddedOnlyManager()


class Posting(AddedOnly):
    """That a remittance was given to the practice system: when, by whom, as which kind of file."""

    remittance = models.ForeignKey(Remittance, models.PROTECT, related_name="postings")
    reading = models.ForeignKey(RemittanceReading, models.PROTECT, related_name="+")
    exported_at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    file_format = models.CharField(max_length=10)

    objects = AddedOnlyManager()


class Deposit(models.Model):
    """Money that came to the bank. `occurrence` tells apart deposits of one file that are equal in everything."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    deposited_on = models.DateField()
    amount_cents = models.BigIntegerField()
    trace = models.TextField(null=True)
    trace_key = models.CharField(max_length=100, default="")
    payer = models.TextField(null=True)
    reference = models.TextField(null=True)
    digest = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    remittance = models.OneToOneField(Remittance, models.PROTECT, null=True, related_name="deposit")
    fit = models.CharField(max_length=20, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["practice", "digest", "occurrence"], name="one_deposit_per_statement_line"),
        )
        indexes = (models.Index(fields=["practice", "deposited_on"], name="deposits_by_day"),)


class Acknowledgement(models.Model):
    """What a payer or clearinghouse said on taking in a claim (277CA), a batch, or a file of them (999).

    `statuses`, `codes` and `faults` are canonical JSON.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="acknowledgements")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=20)
    accepted = models.BooleanField(null=True)
    statuses = models.TextField()
    codes = models.TextField()
    faults = models.TextField()
    patient_account_number = models.TextField(null=True)
    account_key = models.CharField(max_length=100, default="")
    payer_claim_number = models.TextField(null=True)
    clearinghouse_claim_number = models.TextField(null=True)
    trace = models.TextField(null=True)
    transaction = models.TextField(null=True)
    effective_date = models.DateField(null=True)
    received_date = models.DateField(null=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    amount_cents = models.BigIntegerField(null=True)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="acknowledgements")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="one_acknowledgement_per_place"),)
        indexes = (models.Index(fields=["account_key"], name="acknowledged_by_account"),)
