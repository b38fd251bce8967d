-- Products.
-- grain: one row per product of a provider
-- key: provider, sku
-- owner: pipeline
-- units: money bigint cents, weight grams
-- incremental: sku
with product_rows as (
  select * from stg_products
),

final as (
  select market, provider, sku, name, sku_class, weight_g, price_cents, cost_cents
  from product_rows
)

select * from final
