-- Stock counts at their hour.
-- grain: one row per stock count
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; quantities in units
-- incremental: view
-- facts: inventory_counts.counted_at
-- Out of stock: nothing left beside what is promised; near: what is left is safety stock only.
with counts as (
  select * from inventory_counts
),

final as (
  select
    market,
    epoch_us(counted_at) // 3600000000 as bucket_hour,
    provider,
    node_id as node,
    sku_class,
    1 as positions,
    on_hand as on_hand_units,
    allocated + reserved as promised_units,
    available as available_units,
    (available + safety_stock <= 0)::bigint as out_positions,
    (available <= 0 and available + safety_stock > 0)::bigint as near_positions
  from counts
)

select * from final
