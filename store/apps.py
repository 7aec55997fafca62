from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save


class StoreConfig(AppConfig):
    name = "store"

    def ready(self) -> None:
        from history.signals import changes_recorded

        from .checks import check_font, check_seller, check_stored_prices
        from .gateways import payment_gateway
        from .models import Product, Promotion
        from .signals import campaign_started, import_waiting, picture_stored, refund_due
        from .signals.handlers import (
            create_customer_for_new_user,
            invalidate_after_migrations,
            invalidate_after_promotion_change,
            make_image_sizes,
            record_stock,
            refund_payments,
            remove_image_file,
            remove_replaced_file,
            send_campaign,
            withdraw_campaigns,
            work_on_import,
        )

        post_save.connect(create_customer_for_new_user, sender=settings.AUTH_USER_MODEL)
        post_delete.connect(remove_image_file, sender="store.ProductImage")
        for links in (Product.promotions.through, Promotion.collections.through):
            m2m_changed.connect(invalidate_after_promotion_change, sender=links)
        post_migrate.connect(invalidate_after_migrations, sender=self)
        changes_recorded.connect(record_stock, sender=Product)
        post_delete.connect(withdraw_campaigns, sender="store.MarketingConsent")
        campaign_started.connect(send_campaign)
        refund_due.connect(refund_payments)
        import_waiting.connect(work_on_import)
        picture_stored.connect(make_image_sizes)
        picture_stored.connect(remove_replaced_file)
        register(check_stored_prices, Tags.database)
        register(check_font)
        register(check_seller, deploy=True)
        # Settings that make no gateway stop the start, not the first customer who pays.
        payment_gateway()
