-- Products as the sources tell them.
-- grain: one row per product of a provider
-- key: provider, sku
-- owner: pipeline
-- units: money bigint cents, weight grams
-- incremental: view
with file_rows as (
  select * from raw_file_products
),

final as (
  select
    market,
    provider,
    sku,
    coalesce(name, sku) as name,
    coalesce(sku_class, 'unknown') as sku_class,
    weight_g,
    price_cents,
    cost_cents
  from file_rows
)

select * from final
