-- Cancelled orders at the hour they were cancelled; where the source does not say when, they are not here.
-- grain: one row per cancelled order with a date
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; money bigint cents
-- incremental: view
-- facts: orders.cancelled_at
with order_rows as (
  select * from orders where cancelled_at is not null and status = 'cancelled'
),

final as (
  select
    market,
    epoch_us(cancelled_at) // 3600000000 as bucket_hour,
    provider,
    coalesce(node_id, case when node_count > 1 then 'multiple' else 'unknown' end) as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method,
    1 as cancellations,
    total_cents as cancelled_cents
  from order_rows
)

select * from final
