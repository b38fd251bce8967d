-- Lines ordered, with and without something off their price.
-- grain: one row per order line
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC
-- incremental: view
-- facts: order_lines.placed_at
with line_rows as (
  select * from order_lines
),

final as (
  select
    market,
    epoch_us(placed_at) // 3600000000 as bucket_hour,
    provider,
    sku_class,
    (discount_cents > 0)::bigint as is_reduced
  from line_rows
)

select * from final
