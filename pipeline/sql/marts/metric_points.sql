-- Series: every metric, sliced by one dimension at a time, by hour and by day (UTC).
-- grain: one row per metric, dimension value and bucket
-- key: market, metric, dimension, dimension_value, grain, bucket_start
-- owner: pipeline
-- units: see metric_catalogue
-- incremental: bucket
-- order: bucket_start
-- For the whole market sums and states have a point in every bucket from market_clock.dense_from to the
-- watermark. A slice has buckets in which anything happened; there 'core' sums are 0 where none, other sums
-- are left out. A ratio has no point where its denominator is 0. A state missing in an hour is as it was before.
with series as (
  select * from int_series
),

quantiles as (
  select * from int_quantiles
),

loaded as (
  select * from int_sums_loaded
),

clocks as (
  select market, epoch_us(watermark) as now_us from market_clock
),

load_clocks as (
  select market, max(epoch_us(loaded_at)) as now_us from stg_loads group by market
),

terms as (
  select market, dimension, dimension_value, grain, bucket_start,
    unnest([
      {'metric': 'orders', 'kind': 'core', 'top': orders, 'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'order_lines', 'kind': 'sum', 'top': order_lines, 'scale': 1, 'bottom': 1,
        'records': orders},
      {'metric': 'units', 'kind': 'sum', 'top': units, 'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'revenue', 'kind': 'sum', 'top': revenue_cents, 'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'freight_revenue', 'kind': 'sum', 'top': freight_revenue_cents, 'scale': 1, 'bottom': 1,
        'records': orders},
      {'metric': 'lines_per_order', 'kind': 'ratio', 'top': order_lines, 'scale': 1, 'bottom': orders,
        'records': orders},
      {'metric': 'average_order_value', 'kind': 'ratio', 'top': revenue_cents, 'scale': 1, 'bottom': orders,
        'records': orders},
      {'metric': 'cancelled_share', 'kind': 'ratio', 'top': cancelled_orders, 'scale': 1, 'bottom': orders,
        'records': orders},
      {'metric': 'split_share', 'kind': 'ratio', 'top': split_orders, 'scale': 1, 'bottom': sourced_orders,
        'records': sourced_orders},
      {'metric': 'fulfillment_orders_shipped', 'kind': 'sum', 'top': shipped_work, 'scale': 1, 'bottom': 1,
        'records': shipped_work},
      {'metric': 'lines_shipped', 'kind': 'core', 'top': lines_shipped, 'scale': 1, 'bottom': 1,
        'records': shipped_work},
      {'metric': 'units_shipped', 'kind': 'sum', 'top': units_shipped, 'scale': 1, 'bottom': 1,
        'records': shipped_work},
      {'metric': 'internal_cycle_time_hours', 'kind': 'ratio', 'top': cycle_ms, 'scale': 3600000, 'bottom': shipped_work,
        'records': shipped_work},
      {'metric': 'book_to_ship_hours', 'kind': 'ratio', 'top': book_ms, 'scale': 3600000, 'bottom': shipped_work,
        'records': shipped_work},
      {'metric': 'pick_to_ship_hours', 'kind': 'ratio', 'top': pick_ms, 'scale': 3600000, 'bottom': picked_work,
        'records': picked_work},
      {'metric': 'on_time_ship_share', 'kind': 'ratio', 'top': on_time_work, 'scale': 1, 'bottom': due_work,
        'records': due_work},
      {'metric': 'reject_share', 'kind': 'ratio', 'top': rejected_lines, 'scale': 1, 'bottom': ended_lines,
        'records': ended_lines},
      {'metric': 'short_pick_share', 'kind': 'ratio', 'top': short_units, 'scale': 1, 'bottom': asked_units,
        'records': asked_units},
      {'metric': 'line_fill', 'kind': 'ratio', 'top': filled_lines, 'scale': 1, 'bottom': first_lines,
        'records': first_lines},
      {'metric': 'resource_depth', 'kind': 'ratio', 'top': attempts, 'scale': 1, 'bottom': shipped_work,
        'records': shipped_work},
      {'metric': 'cost_to_serve', 'kind': 'ratio', 'top': cost_cents, 'scale': 1, 'bottom': shipped_work,
        'records': shipped_work},
      {'metric': 'freight_cost', 'kind': 'sum', 'top': freight_cost_cents, 'scale': 1, 'bottom': 1,
        'records': shipped_work},
      {'metric': 'delivered_orders', 'kind': 'core', 'top': delivered_orders, 'scale': 1, 'bottom': 1,
        'records': delivered_orders},
      {'metric': 'late_share', 'kind': 'ratio', 'top': late_orders, 'scale': 1, 'bottom': promised_orders,
        'records': promised_orders},
      {'metric': 'on_time_in_full', 'kind': 'ratio', 'top': otif_orders, 'scale': 1, 'bottom': promised_orders,
        'records': promised_orders},
      {'metric': 'perfect_order', 'kind': 'ratio', 'top': perfect_orders, 'scale': 1, 'bottom': promised_orders,
        'records': promised_orders},
      {'metric': 'transit_hours', 'kind': 'ratio', 'top': transit_ms, 'scale': 3600000, 'bottom': transit_orders,
        'records': transit_orders},
      {'metric': 'cancellations', 'kind': 'sum', 'top': cancellations, 'scale': 1, 'bottom': 1,
        'records': cancellations},
      {'metric': 'returns', 'kind': 'sum', 'top': return_lines, 'scale': 1, 'bottom': 1,
        'records': return_lines},
      {'metric': 'returned_units', 'kind': 'sum', 'top': returned_units, 'scale': 1, 'bottom': 1,
        'records': return_lines},
      {'metric': 'refunds', 'kind': 'sum', 'top': refund_cents, 'scale': 1, 'bottom': 1,
        'records': return_lines},
      {'metric': 'return_loss', 'kind': 'sum', 'top': loss_cents, 'scale': 1, 'bottom': 1,
        'records': return_lines},
      {'metric': 'return_rate_orders', 'kind': 'ratio', 'top': returned_orders, 'scale': 1, 'bottom': delivered_orders,
        'records': delivered_orders},
      {'metric': 'return_rate_revenue', 'kind': 'ratio', 'top': refund_cents, 'scale': 1, 'bottom': delivered_cents,
        'records': delivered_orders},
      {'metric': 'backlog', 'kind': 'state', 'top': backlog, 'scale': 1, 'bottom': 1, 'records': backlog},
      {'metric': 'past_due', 'kind': 'state', 'top': past_due, 'scale': 1, 'bottom': 1, 'records': past_due},
      {'metric': 'in_jeopardy', 'kind': 'state', 'top': in_jeopardy, 'scale': 1, 'bottom': 1,
        'records': in_jeopardy},
      {'metric': 'on_hand', 'kind': 'ratio', 'top': on_hand_units, 'scale': 1, 'bottom': positions,
        'records': positions},
      {'metric': 'promised_stock', 'kind': 'ratio', 'top': promised_units, 'scale': 1, 'bottom': positions,
        'records': positions},
      {'metric': 'available_stock', 'kind': 'ratio', 'top': available_units, 'scale': 1, 'bottom': positions,
        'records': positions},
      {'metric': 'stock_out_share', 'kind': 'ratio', 'top': out_positions, 'scale': 1, 'bottom': positions,
        'records': positions},
      {'metric': 'near_stock_out_share', 'kind': 'ratio', 'top': near_positions, 'scale': 1, 'bottom': positions,
        'records': positions},
      {'metric': 'units_sold', 'kind': 'stock', 'top': sold_units, 'scale': 1, 'bottom': 1,
        'records': movements},
      {'metric': 'units_received', 'kind': 'stock', 'top': received_units, 'scale': 1, 'bottom': 1,
        'records': movements},
      {'metric': 'units_adjusted', 'kind': 'stock', 'top': adjusted_units, 'scale': 1, 'bottom': 1,
        'records': movements},
      {'metric': 'sell_rate', 'kind': 'ratio', 'top': sold_units, 'scale': 1, 'bottom': on_hand_units,
        'records': positions}
    ], recursive := true)
  from series
),

kept as (
  select * exclude (kind)
  from terms
  where case kind
    when 'ratio' then bottom > 0
    when 'core' then dimension <> 'reason'
    when 'stock' then top <> 0
    when 'state' then dimension = 'all' or top is not null
    else dimension = 'all' or top <> 0
  end
),

load_terms as (
  select market, dimension, dimension_value, grain, bucket_start,
    unnest([
      {'metric': 'records_received', 'top': records, 'bottom': 1, 'records': loads},
      {'metric': 'quarantined_share', 'top': quarantined, 'bottom': records, 'records': records}
    ], recursive := true)
  from loaded
),

united as (
  select
    market, metric, dimension, dimension_value, grain, bucket_start,
    coalesce(top, 0) / scale as numerator, bottom as denominator, coalesce(records, 0) as records
  from kept
  union all by name
  select market, metric, dimension, dimension_value, grain, bucket_start, numerator, 1 as denominator, records
  from quantiles
),

clocked as (
  select united.*, clocks.now_us
  from united
  left join clocks on clocks.market = united.market
  union all by name
  select
    load_terms.* exclude (top, bottom),
    top as numerator,
    bottom as denominator,
    load_clocks.now_us
  from load_terms
  left join load_clocks on load_clocks.market = load_terms.market
  where bottom > 0
),

final as (
  select
    market, metric, dimension, dimension_value, grain, bucket_start,
    numerator::double as numerator,
    denominator::double as denominator,
    numerator::double / denominator::double as value,
    records::bigint as count,
    epoch_us(bucket_start) + if(grain = 'hour', 3600000000, 86400000000) <= now_us as is_complete
  from clocked
)

select * from final
