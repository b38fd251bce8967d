-- Units written off stock.
-- grain: one row per stock movement that writes units off
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; units
-- incremental: view
-- facts: inventory_movements.moved_at
with movement_rows as (
  select * from inventory_movements where kind = 'adjustment' and delta < 0
),

final as (
  select
    market,
    epoch_us(moved_at) // 3600000000 as bucket_hour,
    provider,
    node_id as node,
    sku_class,
    -delta as units
  from movement_rows
)

select * from final
