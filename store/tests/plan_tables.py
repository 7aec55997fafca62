"""What the query plans are made for: tables as large as a shop's after some years."""

import re

from django.contrib.contenttypes.models import ContentType

from store.models import Product

# Fewer, and MariaDB sorts them all rather than read an index.
ROWS = 20_000
# The same for tables with narrow rows.
MANY = 100_000
# Table -> its columns made of a row's number, in the order in which they are filled.
TABLES = {
    "core_user": """
        id=seq, password='', is_superuser=0, is_active=1, date_joined=now(),
        is_staff=seq % 500 = 0, username=concat('user', seq), email=concat('user', seq, '@a.org'),
        username_key=sha2(concat('user', seq), 256), username_skeleton=seq,
        email_key=sha2(concat('user', seq, '@a.org'), 256),
        first_name=concat('First', seq % 700), last_name=concat('Last', seq % 600)""",
    "store_customer": "id=seq, user_id=seq, phone='', membership=if(seq % 200, 'B', 'G')",
    "store_address": "customer_id=seq % 5000 + 1, street='1 Main St', city='Rome', zip=''",
    "store_promotion": """
        id=seq, description=concat('Sale ', seq), discount=seq / 20000,
        starts_at=if(seq % 10, '2026-01-01' + interval seq minute, null),
        ends_at='2026-02-01' + interval seq minute""",
    "store_collection": "id=seq, title=concat('Collection ', seq * 7 % 20000)",
    "store_product": """
        id=seq, title=concat('Product ', seq * 7 % 19999), slug='', inventory=seq % 1000,
        sku=concat('SKU-', seq),
        unit_price=1 + seq * 13 % 9000, collection_id=seq % 100 + 1, description=repeat('word ', 50),
        last_update='2026-01-01' + interval seq * 17 % 20000 minute""",
    "store_product_promotions": "product_id=seq, promotion_id=seq",
    "store_productimage": "product_id=seq % 10000 + 1, image=concat('store/images/', seq, '.png')",
    "store_review": """
        product_id=seq % 20 + 1, user_id=seq, name=concat('Name ', seq), description='Good.',
        rating=if(seq % 100, seq % 4 + 1, 5), date='2024-01-01' + interval seq * 11 % 900 day""",
    "store_cart": """
        id=uuid(), user_id=seq, created_at='2026-01-01' + interval seq minute,
        touched_at='2026-01-01' + interval seq minute""",
    "store_cartitem": """
        cart_id=(select id from store_cart order by created_at limit 1), product_id=seq,
        quantity=1""",
    "store_order": """
        id=seq, customer_id=seq % 20 + 1, stage=if(seq % 50, 'delivered', null),
        payment_status=case seq % 100 when 0 then 'F' when 50 then 'P' else 'C' end,
        placed_at='2026-01-01' + interval seq * 17 % 20000 minute""",
    "store_orderitem": "order_id=seq, product_id=seq, quantity=1, unit_price=1",
    "store_orderstatuschange": """
        order_id=seq, to_status='paid', reason='', changed_at='2026-01-01' + interval seq minute""",
    "store_idempotencykey": """
        user_id=seq, digest=seq, fingerprint='', order_id=seq, created_order=1,
        created_at='2026-01-01' + interval seq minute""",
    "store_payment": """
        `key`=uuid(), id=seq, order_id=seq, gateway='bank', reference=seq, checkout_url='', amount=1,
        created_at='2026-01-01' + interval seq minute, changed_at='2026-01-01',
        status=case seq % 400 when 0 then 'open' when 1 then 'refund_due' else 'succeeded' end""",
    "store_paymentevent": """
        event_id=seq, digest=seq, gateway='bank', kind='succeeded', payment_id=seq, payload='',
        outcome='', received_at='2026-01-01' + interval seq minute""",
    "store_campaign": """
        `key`=uuid(), id=seq, subject='Sale', text='', total=1, queued=1, skipped=0, sent=1,
        given_up=0, created_at='2026-01-01' + interval seq minute, active_at='2026-01-01',
        finished_at=if(seq % 1000, '2026-01-01', null), closed_at=if(seq % 500, '2026-01-01', null)""",
    "store_campaignrecipient": """
        campaign_id=seq % 100 + 1, customer_id=seq, mail_id=seq, state=if(seq % 300, 'Q', 'W')""",
    "outbox_mail": """
        id=seq, message_id=seq, recipient='', subject='', text='', html='', attempts=1, last_error='',
        queued_at='2026-01-01' + interval seq minute, sent_at='2026-01-01'""",
    "tags_tag": "id=seq, label=concat('tag ', seq), label_key=sha2(concat('tag ', seq), 256)",
    "tags_taggeditem": "tag_id=seq % 1000 + 1, content_type_id={product}, object_id=seq",
    "likes_likeditem": "user_id=seq % 20 + 1, content_type_id={product}, object_id=seq",
}


def fill(cursor, table, columns):
    product = ContentType.objects.get_for_model(Product).pk
    pairs = [pair.strip().partition("=") for pair in re.split(r",\s(?=\s*\w+=)", columns)]
    names = ", ".join(name for name, _, _ in pairs)
    values = ", ".join(value for _, _, value in pairs).format(product=product)
    rows = MANY if table in ("store_order", "store_collection") else ROWS
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM seq_1_to_{rows}")
    cursor.execute(f"ANALYZE TABLE {table}")
