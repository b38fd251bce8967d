-- The cube under the metrics: what adds up, in its finest slice and hour, for finding causes.
-- grain: one row per metric, hour and slice
-- key: market, metric, bucket_start, provider, node, carrier, lane, sku_class, channel, region, method
-- owner: pipeline
-- units: see metric_catalogue
-- incremental: bucket
-- order: bucket_start
-- Kept from market_clock.leaves_from on (92 days): causes are sought by comparing an hour with the weeks before.
-- Left out: quantiles, which do not add up; states, which would stand in every hour they last (fulfillment_orders
-- tells them); metrics that another one's numerator and denominator give. Sums have no row where they are 0.
with events as (
  select * from int_facts_placed
  union all by name select * from int_facts_closed
  union all by name select * from int_facts_delivered
  union all by name select * from int_facts_cancelled
  union all by name select * from int_facts_returned
  union all by name select * from int_facts_counted
),

clocks as (
  select market, epoch_us(leaves_from::timestamptz) // 3600000000 as first_hour from market_clock
),

recent as (
  select events.*
  from events
  inner join clocks on clocks.market = events.market and events.bucket_hour >= clocks.first_hour
),

sums as (
  select market, bucket_hour, provider, node, carrier, lane, sku_class, channel, region, method,
    sum(orders)::bigint as orders,
    sum(units)::bigint as units,
    sum(revenue_cents)::bigint as revenue_cents,
    sum(cancelled_orders)::bigint as cancelled_orders,
    sum(split_orders)::bigint as split_orders,
    sum(sourced_orders)::bigint as sourced_orders,
    sum(lines_shipped)::bigint as lines_shipped,
    sum(cycle_ms)::bigint as cycle_ms,
    sum(shipped_work)::bigint as shipped_work,
    sum(book_ms)::bigint as book_ms,
    sum(pick_ms)::bigint as pick_ms,
    count(pick_ms) as picked_work,
    sum(on_time_work)::bigint as on_time_work,
    sum(due_work)::bigint as due_work,
    sum(rejected_lines)::bigint as rejected_lines,
    sum(ended_lines)::bigint as ended_lines,
    sum(short_units)::bigint as short_units,
    sum(asked_units)::bigint as asked_units,
    sum(filled_lines)::bigint as filled_lines,
    sum(first_lines)::bigint as first_lines,
    sum(cost_cents)::bigint as cost_cents,
    sum(late_orders)::bigint as late_orders,
    sum(promised_orders)::bigint as promised_orders,
    sum(otif_orders)::bigint as otif_orders,
    sum(transit_ms)::bigint as transit_ms,
    count(transit_ms) as transit_orders,
    sum(cancellations)::bigint as cancellations,
    sum(return_lines)::bigint as return_lines,
    sum(returned_orders)::bigint as returned_orders,
    sum(delivered_orders)::bigint as delivered_orders,
    sum(out_positions)::bigint as out_positions,
    sum(positions)::bigint as positions,
    sum(near_positions)::bigint as near_positions
  from recent
  group by market, bucket_hour, provider, node, carrier, lane, sku_class, channel, region, method
),

terms as (
  select market, bucket_hour, provider, node, carrier, lane, sku_class, channel, region, method,
    unnest([
      {'metric': 'orders', 'top': orders, 'scale': 1, 'bottom': null},
      {'metric': 'units', 'top': units, 'scale': 1, 'bottom': null},
      {'metric': 'revenue', 'top': revenue_cents, 'scale': 1, 'bottom': null},
      {'metric': 'cancelled_share', 'top': cancelled_orders, 'scale': 1, 'bottom': orders},
      {'metric': 'split_share', 'top': split_orders, 'scale': 1, 'bottom': sourced_orders},
      {'metric': 'lines_shipped', 'top': lines_shipped, 'scale': 1, 'bottom': null},
      {'metric': 'internal_cycle_time_hours', 'top': cycle_ms, 'scale': 3600000, 'bottom': shipped_work},
      {'metric': 'book_to_ship_hours', 'top': book_ms, 'scale': 3600000, 'bottom': shipped_work},
      {'metric': 'pick_to_ship_hours', 'top': pick_ms, 'scale': 3600000, 'bottom': picked_work},
      {'metric': 'on_time_ship_share', 'top': on_time_work, 'scale': 1, 'bottom': due_work},
      {'metric': 'reject_share', 'top': rejected_lines, 'scale': 1, 'bottom': ended_lines},
      {'metric': 'short_pick_share', 'top': short_units, 'scale': 1, 'bottom': asked_units},
      {'metric': 'line_fill', 'top': filled_lines, 'scale': 1, 'bottom': first_lines},
      {'metric': 'cost_to_serve', 'top': cost_cents, 'scale': 1, 'bottom': shipped_work},
      {'metric': 'late_share', 'top': late_orders, 'scale': 1, 'bottom': promised_orders},
      {'metric': 'on_time_in_full', 'top': otif_orders, 'scale': 1, 'bottom': promised_orders},
      {'metric': 'transit_hours', 'top': transit_ms, 'scale': 3600000, 'bottom': transit_orders},
      {'metric': 'cancellations', 'top': cancellations, 'scale': 1, 'bottom': null},
      {'metric': 'returns', 'top': return_lines, 'scale': 1, 'bottom': null},
      {'metric': 'return_rate_orders', 'top': returned_orders, 'scale': 1, 'bottom': delivered_orders},
      {'metric': 'stock_out_share', 'top': out_positions, 'scale': 1, 'bottom': positions},
      {'metric': 'near_stock_out_share', 'top': near_positions, 'scale': 1, 'bottom': positions}
    ], recursive := true)
  from sums
),

final as (
  select
    market, metric, make_timestamptz(bucket_hour * 3600000000) as bucket_start, provider, node,
    coalesce(carrier, 'unknown') as carrier,
    coalesce(lane, 'unknown') as lane,
    sku_class,
    coalesce(channel, 'unknown') as channel,
    coalesce(region, 'unknown') as region,
    coalesce(method, 'unknown') as method,
    (top / scale)::double as numerator,
    coalesce(bottom, 1)::double as denominator
  from terms
  where top is not null and coalesce(bottom, top) <> 0
)

select * from final
