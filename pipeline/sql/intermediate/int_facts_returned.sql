-- Return lines at the hour the customer asked.
-- grain: one row per return line
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; money bigint cents
-- incremental: view
-- facts: returns.requested_at
with return_rows as (
  select * from returns
),

final as (
  select
    market,
    epoch_us(requested_at) // 3600000000 as bucket_hour,
    provider,
    coalesce(node_id, 'unknown') as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method,
    reason,
    1 as return_lines,
    is_first::bigint as returned_orders,
    quantity as returned_units,
    refund_cents,
    loss_cents
  from return_rows
)

select * from final
