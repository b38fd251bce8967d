-- Classes of products by market alone, for what another provider sends: an order over the API of a shop's product.
-- grain: one row per SKU whose class is the same wherever it is listed in the market
-- key: market, sku
-- owner: pipeline
-- units: none
-- incremental: view
with product_rows as (
  select * from products
),

final as (
  select market, sku, min(sku_class) as sku_class
  from product_rows
  group by market, sku
  having min(sku_class) = max(sku_class)
)

select * from final
