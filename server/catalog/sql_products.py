"""Statements of products, each of one organization's event."""

from server.catalog.product_models import Product
from server.kernel.db import Query

_PRODUCT = """id, event_id, name, description, price_minor, stock, per_order_max, is_on_sale,
              sort"""

OF_EVENT = Query(
    "catalog.products_of_event",
    f"""SELECT {_PRODUCT} FROM products
        WHERE event_id = $1 AND org_id = $2 AND (is_on_sale OR $3) ORDER BY sort, id""",
    Product,
)
LOCK = Query(
    "catalog.lock_product",
    f"SELECT {_PRODUCT} FROM products WHERE id = $1 AND org_id = $2 FOR NO KEY UPDATE",
    Product,
)
_ON_SALE = f"""SELECT {_PRODUCT} FROM products
               WHERE event_id = $1 AND id = ANY($2::uuid[]) AND is_on_sale ORDER BY id"""
ON_SALE = Query("catalog.products_on_sale", _ON_SALE, Product)
LOCK_ON_SALE = Query("catalog.lock_products", f"{_ON_SALE} FOR NO KEY UPDATE", Product)
INSERT = Query(
    "catalog.insert_product",
    f"""INSERT INTO products ({_PRODUCT}, org_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
)
UPDATE = Query(
    "catalog.update_product",
    """UPDATE products SET name = $3, description = $4, price_minor = $5, stock = $6,
                           per_order_max = $7, is_on_sale = $8, sort = $9
       WHERE id = $1 AND org_id = $2""",
)
