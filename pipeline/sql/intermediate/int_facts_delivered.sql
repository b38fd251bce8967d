-- Orders at the hour their customer had the last part, with what they measure.
-- grain: one row per delivered order
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; durations ms; money bigint cents
-- incremental: view
-- facts: orders.delivered_at
with order_rows as (
  select * from orders where delivered_at is not null
),

final as (
  select
    market,
    epoch_us(delivered_at) // 3600000000 as bucket_hour,
    provider,
    coalesce(node_id, case when node_count > 1 then 'multiple' else 'unknown' end) as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method,
    1 as delivered_orders,
    total_cents as delivered_cents,
    (is_late is not null)::bigint as promised_orders,
    coalesce(is_late, false)::bigint as late_orders,
    (is_late is not null and not is_late and is_in_full)::bigint as otif_orders,
    (is_late is not null and not is_late and is_in_full and not is_returned)::bigint as perfect_orders,
    case
      when method in ('delivery', 'ship_to_store') then epoch_ms(delivered_at) - epoch_ms(shipped_at)
    end as transit_ms
  from order_rows
)

select * from final
