-- Orders at the hour they were placed, with what they measure.
-- grain: one row per order
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; money bigint cents
-- incremental: view
-- facts: orders.placed_at
with order_rows as (
  select * from orders
),

final as (
  select
    market,
    epoch_us(placed_at) // 3600000000 as bucket_hour,
    provider,
    coalesce(node_id, case when node_count > 1 then 'multiple' else 'unknown' end) as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method,
    1 as orders,
    line_count as order_lines,
    unit_count as units,
    total_cents as revenue_cents,
    freight_cents as freight_revenue_cents,
    (status = 'cancelled')::bigint as cancelled_orders,
    (node_count > 0)::bigint as sourced_orders,
    (node_count > 1)::bigint as split_orders
  from order_rows
)

select * from final
