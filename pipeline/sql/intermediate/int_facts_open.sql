-- Fulfillment orders as spans of open work: from which hour to which, and when they are due.
-- grain: one row per fulfillment order
-- key: none (facts)
-- owner: pipeline
-- units: hours since 1970 UTC; a null closed_hour is still open
-- incremental: view
-- facts: fulfillment_orders.released_at..closed_at
-- ends: closed_hour
with work as (
  select * from fulfillment_orders
),

final as (
  select
    market,
    epoch_us(released_at) // 3600000000 as opened_hour,
    epoch_us(if(closed_at < released_at, released_at, closed_at)) // 3600000000 as closed_hour,
    epoch_us(coalesce(ship_by, promised_at)) // 3600000000 as due_hour,
    provider,
    node_id as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method
  from work
)

select * from final
