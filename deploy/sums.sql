-- What a restored copy must show again, on each of the three databases. Orders may be placed while a backup runs:
-- the last line stays the same all the same, for what leaves the stock is on an order.
SELECT 'users' AS what, COUNT(*) AS amount, SUM(id) AS total FROM core_user
UNION ALL SELECT 'customers', COUNT(*), SUM(id) FROM store_customer
UNION ALL SELECT 'products', COUNT(*), SUM(unit_price) FROM store_product
UNION ALL SELECT 'orders', COUNT(*), SUM(id) FROM store_order
UNION ALL SELECT 'order lines', COUNT(*), SUM(quantity * unit_price) FROM store_orderitem
UNION ALL SELECT 'mails', COUNT(*), SUM(id) FROM outbox_mail
UNION ALL SELECT 'stock and sold', COUNT(*), SUM(inventory) + (SELECT SUM(quantity) FROM store_orderitem)
    FROM store_product;
