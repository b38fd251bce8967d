-- The cube under the metrics: what adds up, in its finest slice and hour, for finding causes.
-- grain: one row per metric, hour and slice
-- key: market, metric, bucket_start, provider, node, carrier, lane, sku_class, channel, region, method
-- owner: pipeline
-- units: see metric_catalogue
-- incremental: bucket
-- Kept from market_clock.leaves_from on: causes show when an hour is compared with the weeks before it.
-- Left out: quantiles, which do not add up; states, which would stand in every hour they last (the spans of
-- fulfillment_orders tell them); what the terms of another metric give. Sums have no row where they are 0.
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
    coalesce(sum(orders), 0)::bigint as orders,
    coalesce(sum(revenue_cents), 0)::bigint as revenue_cents,
    coalesce(sum(cancelled_orders), 0)::bigint as cancelled_orders,
    coalesce(sum(lines_shipped), 0)::bigint as lines_shipped,
    coalesce(sum(cycle_ms), 0)::bigint as cycle_ms,
    coalesce(sum(shipped_work), 0)::bigint as shipped_work,
    coalesce(sum(pick_ms), 0)::bigint as pick_ms,
    count(pick_ms) as picked_work,
    coalesce(sum(on_time_work), 0)::bigint as on_time_work,
    coalesce(sum(due_work), 0)::bigint as due_work,
    coalesce(sum(rejected_lines), 0)::bigint as rejected_lines,
    coalesce(sum(ended_lines), 0)::bigint as ended_lines,
    coalesce(sum(short_units), 0)::bigint as short_units,
    coalesce(sum(asked_units), 0)::bigint as asked_units,
    coalesce(sum(cost_cents), 0)::bigint as cost_cents,
    coalesce(sum(late_orders), 0)::bigint as late_orders,
    coalesce(sum(promised_orders), 0)::bigint as promised_orders,
    coalesce(sum(transit_ms), 0)::bigint as transit_ms,
    count(transit_ms) as transit_orders,
    coalesce(sum(cancellations), 0)::bigint as cancellations,
    coalesce(sum(return_lines), 0)::bigint as return_lines,
    coalesce(sum(returned_orders), 0)::bigint as returned_orders,
    coalesce(sum(delivered_orders), 0)::bigint as delivered_orders,
    coalesce(sum(out_positions), 0)::bigint as out_positions,
    coalesce(sum(positions), 0)::bigint as positions
  from recent
  group by market, bucket_hour, provider, node, carrier, lane, sku_class, channel, region, method
  order by bucket_hour
),

terms as (
  select market, bucket_hour, provider, node, carrier, lane, sku_class, channel, region, method,
    unnest([
      {'metric': 'orders', 'top': orders, 'scale': 1, 'bottom': null},
      {'metric': 'revenue', 'top': revenue_cents, 'scale': 1, 'bottom': null},
      {'metric': 'cancelled_share', 'top': cancelled_orders, 'scale': 1, 'bottom': orders},
      {'metric': 'lines_shipped', 'top': lines_shipped, 'scale': 1, 'bottom': null},
      {'metric': 'internal_cycle_time_hours', 'top': cycle_ms, 'scale': 3600000, 'bottom': shipped_work},
      {'metric': 'pick_to_ship_hours', 'top': pick_ms, 'scale': 3600000, 'bottom': picked_work},
      {'metric': 'on_time_ship_share', 'top': on_time_work, 'scale': 1, 'bottom': due_work},
      {'metric': 'reject_share', 'top': rejected_lines, 'scale': 1, 'bottom': ended_lines},
      {'metric': 'short_pick_share', 'top': short_units, 'scale': 1, 'bottom': asked_units},
      {'metric': 'cost_to_serve', 'top': cost_cents, 'scale': 1, 'bottom': shipped_work},
      {'metric': 'late_share', 'top': late_orders, 'scale': 1, 'bottom': promised_orders},
      {'metric': 'transit_hours', 'top': transit_ms, 'scale': 3600000, 'bottom': transit_orders},
      {'metric': 'cancellations', 'top': cancellations, 'scale': 1, 'bottom': null},
      {'metric': 'returns', 'top': return_lines, 'scale': 1, 'bottom': null},
      {'metric': 'return_rate_orders', 'top': returned_orders, 'scale': 1, 'bottom': delivered_orders},
      {'metric': 'stock_out_share', 'top': out_positions, 'scale': 1, 'bottom': positions}
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
  where top <> 0 or bottom <> 0
)

select * from final
