-- Fulfillment orders at the hour their work ended, with what it measures.
-- grain: one row per fulfillment order whose work ended
-- key: none (facts)
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC; durations ms; money bigint cents
-- incremental: view
-- facts: fulfillment_orders.closed_at
-- Whole numbers only: sums are then the same in whatever order the rows come.
with work as (
  select * from fulfillment_orders where closed_at is not null
),

ends as (
  select
    *,
    (shipped_at is not null and status <> 'rejected')::bigint as shipped,
    (status = 'rejected')::bigint as rejected
  from work
),

final as (
  select
    market,
    epoch_us(closed_at) // 3600000000 as bucket_hour,
    provider,
    node_id as node,
    carrier,
    lane,
    sku_class,
    channel,
    region,
    method,
    shipped as shipped_work,
    shipped * line_count as lines_shipped,
    shipped * (quantity - short_quantity) as units_shipped,
    greatest(shipped, rejected) * line_count as ended_lines,
    rejected * line_count as rejected_lines,
    greatest(shipped, rejected) * quantity as asked_units,
    greatest(shipped, rejected) * short_quantity as short_units,
    case when attempt = 1 then greatest(shipped, rejected) * line_count else 0 end as first_lines,
    shipped * filled_line_count as filled_lines,
    shipped * attempt as attempts,
    case when shipped = 1 then epoch_ms(shipped_at) - epoch_ms(placed_at) end as cycle_ms,
    case when shipped = 1 then epoch_ms(shipped_at) - epoch_ms(released_at) end as book_ms,
    case when shipped = 1 then epoch_ms(shipped_at) - epoch_ms(picked_at) end as pick_ms,
    case when shipped = 1 and ship_by is not null then 1 else 0 end as due_work,
    case when shipped = 1 and shipped_at <= ship_by then 1 else 0 end as on_time_work,
    shipped * (processing_cost_cents + freight_cost_cents) as cost_cents,
    shipped * freight_cost_cents as freight_cost_cents
  from ends
)

select * from final
