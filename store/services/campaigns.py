from collections.abc import Mapping, Sequence
from itertools import islice
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from outbox.content import render
from outbox.models import Mail
from outbox.services import BATCH, RETENTION, new_mail, queue_mails, withdraw_mails

from ..exceptions import NoRecipients
from ..models import Campaign, CampaignRecipient, Customer, Promotion
from ..models.customers import CustomerQuerySet
from ..signals import campaign_started
from .consent import unsubscribe_headers, unsubscribe_link
from .transactions import retrying_transaction

TEMPLATE = "store/mail/campaign.html"
# Recipients that one statement writes.
ROWS = 5000
STOPPED = "The campaign was stopped."
UNWILLING = "The customer no longer wants it."


@retrying_transaction
def start_campaign(
    *,
    key: UUID,
    subject: str,
    text: str,
    customers: CustomerQuerySet,
    promotion: Promotion | None = None,
    created_by: AbstractBaseUser | None = None,
) -> Campaign:
    """Write down a message and whom it is for; their mails are queued after the commit.

    The same key again finds the campaign that it started. Raises ValidationError for a subject or text
    that is none, and NoRecipients.
    """
    fields = {
        "subject": subject,
        "text": text,
        "promotion": promotion,
        "created_by": created_by,
    }
    Campaign(key=key, **fields).clean_fields()
    campaign, created = Campaign.objects.get_or_create(key=key, defaults=fields)
    if not created:
        return campaign
    campaign.total = _write_recipients(campaign, customers.reachable())
    if not campaign.total:
        raise NoRecipients
    campaign.save(update_fields=["total"])
    transaction.on_commit(lambda: campaign_started.send_robust(sender=Campaign, campaign=campaign))
    return campaign


def _write_recipients(campaign: Campaign, customers: CustomerQuerySet) -> int:
    total = 0
    keys = customers.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=ROWS)
    while chunk := list(islice(keys, ROWS)):
        CampaignRecipient.objects.bulk_create(
            CampaignRecipient(campaign=campaign, customer_id=key) for key in chunk
        )
        total += len(chunk)
    return total


@retrying_transaction
def queue_campaign_batch(*, campaign_id: int) -> bool:
    """Put the mails of the next recipients into the outbox; return whether more are waiting."""
    # Batches of one campaign take turns, so that none sees the recipients of another.
    running = Campaign.objects.running().select_for_update()
    campaign = running.filter(pk=campaign_id).first()
    if campaign is None:
        return False
    waiting = campaign.recipients.filter(state=CampaignRecipient.WAITING)
    batch = list(waiting.order_by("pk")[:BATCH])
    mails = _queue_mails(campaign, [recipient.customer_id for recipient in batch])
    for recipient in batch:
        recipient.mail_id = mails.get(recipient.customer_id)
        reached = recipient.mail_id is not None
        recipient.state = CampaignRecipient.QUEUED if reached else CampaignRecipient.SKIPPED
    CampaignRecipient.objects.bulk_update(batch, ["mail", "state"])
    campaign.queued += len(mails)
    campaign.skipped += len(batch) - len(mails)
    campaign.active_at = timezone.now()
    campaign.finished_at = campaign.active_at if len(batch) < BATCH else None
    campaign.save(update_fields=["queued", "skipped", "active_at", "finished_at"])
    return campaign.finished_at is None


def _queue_mails(campaign: Campaign, customer_ids: list[int]) -> Mapping[int, int]:
    """Queue a mail to each of these customers who can still be reached; return its id by customer."""
    customers = Customer.objects.reachable().filter(pk__in=customer_ids).select_related("user")
    mails = {customer.pk: mail for customer in customers if (mail := _new_mail(campaign, customer))}
    if not mails:
        return {}
    queue_mails(mails.values())
    # By key, as the database made the ids and may have had the mail already.
    ids = dict(
        Mail.objects.filter(key__in=[mail.key for mail in mails.values()]).values_list("key", "pk")
    )
    return {customer_id: ids[mail.key] for customer_id, mail in mails.items()}


def _new_mail(campaign: Campaign, customer: Customer) -> Mail | None:
    link = unsubscribe_link(customer_id=customer.pk)
    content = render(
        TEMPLATE,
        {
            "subject": campaign.subject,
            "text": campaign.text,
            "name": customer.user.greeting_name,
            "unsubscribe_link": link,
        },
    )
    try:
        return new_mail(
            recipient=customer.user.email,
            content=content,
            key=campaign.mail_key(customer.pk),
            headers=unsubscribe_headers(link),
        )
    except ValueError:
        # An address that no mail can go to holds up nobody else's.
        return None


@retrying_transaction
def stop_campaign(*, campaign: Campaign) -> bool:
    """Send none of a campaign's mails that no server has taken yet; return whether there was anything to stop."""
    stopped = Campaign.objects.open().select_for_update().filter(pk=campaign.pk).first()
    if stopped is None or stopped.stopped_at:
        return False
    now = timezone.now()
    waiting = stopped.recipients.filter(state=CampaignRecipient.WAITING)
    left_out = waiting.update(state=CampaignRecipient.SKIPPED)
    withdrawn = _withdraw(stopped, stopped.recipients.all(), STOPPED)
    if not (left_out or withdrawn):
        return False
    Campaign.objects.filter(pk=stopped.pk).update(
        stopped_at=now,
        finished_at=stopped.finished_at or now,
        queued=F("queued") - withdrawn,
        skipped=F("skipped") + left_out + withdrawn,
    )
    return True


@retrying_transaction
def withdraw_from_campaigns(*, customer_ids: Sequence[int]) -> None:
    """Send customers, who no longer agree, no campaign that is on its way to them."""
    for campaign in Campaign.objects.open().select_for_update().order_by("pk"):
        recipients = campaign.recipients.filter(customer__in=customer_ids)
        if withdrawn := _withdraw(campaign, recipients, UNWILLING):
            Campaign.objects.filter(pk=campaign.pk).update(
                queued=F("queued") - withdrawn, skipped=F("skipped") + withdrawn
            )


def _withdraw(campaign: Campaign, recipients: QuerySet[CampaignRecipient], reason: str) -> int:
    """Withdraw mails that wait in the outbox, and return how many there were."""
    count, after = 0, 0
    queued = recipients.filter(state=CampaignRecipient.QUEUED).order_by("mail")
    while keys := list(queued.filter(mail__gt=after).values_list("mail_id", flat=True)[:ROWS]):
        withdrawn = withdraw_mails(keys=keys, reason=reason)
        campaign.recipients.filter(mail__in=withdrawn).update(
            state=CampaignRecipient.SKIPPED, mail=None
        )
        count, after = count + len(withdrawn), keys[-1]
    return count


def resume_campaigns() -> list[int]:
    """Return the campaigns whose task was lost, each to one caller only."""
    return [
        pk
        for pk in Campaign.objects.stalled().values_list("pk", flat=True)
        if Campaign.objects.stalled().filter(pk=pk).update(active_at=timezone.now())
    ]


def close_campaigns() -> int:
    """Keep the numbers of each campaign whose mails are done, before the outbox deletes the mails.

    Staff may send mails again that were given up; a campaign with some stays open for that.
    Returns how many were closed.
    """
    closed = 0
    last = timezone.now() - RETENTION / 2
    done = Campaign.objects.filter(closed_at=None, finished_at__isnull=False)
    for campaign in done.with_progress():
        if not campaign.waiting and (not campaign.given_up_now or campaign.created_at < last):
            closed += Campaign.objects.filter(pk=campaign.pk).update(
                sent=campaign.sent_now, given_up=campaign.given_up_now, closed_at=timezone.now()
            )
    return closed
