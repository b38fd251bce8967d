-- Stock movements at their hour.
-- grain: one row per stock movement
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; quantities in units
-- incremental: view
-- facts: inventory_movements.moved_at
with movement_rows as (
  select * from inventory_movements
),

final as (
  select
    market,
    epoch_us(moved_at) // 3600000000 as bucket_hour,
    provider,
    node_id as node,
    sku_class,
    1 as movements,
    case when kind = 'sale' then -delta else 0 end as sold_units,
    case when kind = 'receipt' then delta else 0 end as received_units,
    case when kind = 'adjustment' then abs(delta) else 0 end as adjusted_units
  from movement_rows
)

select * from final
