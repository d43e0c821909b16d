"""What patients pay: payments, a person's word that a patient may be billed, and plans in instalments. In cents."""

from django.db import models

from ledger.models.added_only import AddedOnly, AddedOnlyManager
from ledger.models.people import Account, Practice
from ledger.models.work import Claim


class PatientPayment(AddedOnly):
    """Money that a patient paid for a claim; what was booked wrongly is taken back by an entry with its sign turned."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="patient_payments")
    amount_cents = models.BigIntegerField()
    paid_on = models.DateField()
    method = models.CharField(max_length=20)
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="taken_back_by")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    objects = AddedOnlyManager()


class BillingWord(AddedOnly):
    """That a person agreed to bill the patient exactly this much, where that is not for the robot to say."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="billing_words")
    owed_cents = models.BigIntegerField()
    why = models.TextField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()

    objects = AddedOnlyManager()


class PaymentPlan(models.Model):
    """A balance that is paid in instalments, until a person ends the plan."""

    practice = models.ForeignKey(Practice, models.PROTECT)
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)


class PlanClaim(models.Model):
    """A claim of a plan, with what was left to pay for it when the plan was made. A claim is in one living plan."""

    plan = models.ForeignKey(PaymentPlan, models.PROTECT, related_name="claims")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="plans")
    balance_cents = models.BigIntegerField()
    living = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(living=True), name="one_living_plan_per_claim"
            ),
        )


class PlanInstalment(AddedOnly):
    """One instalment: its number from 1, its day, its cents."""

    plan = models.ForeignKey(PaymentPlan, models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_cents = models.BigIntegerField()

    objects = AddedOnlyManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="one_instalment_per_number"),)
