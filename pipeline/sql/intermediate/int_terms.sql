-- Every metric of a series and bucket as its terms: what stands above and below the line.
-- grain: one row per metric, market, bucket and value of a dimension
-- key: metric, market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: top / scale in the unit of the metric (see metric_catalogue), bottom in what is counted
-- incremental: view
-- 'core' sums are written as 0 in every bucket of a slice; other sums only where they are not 0, or for the
-- whole market; a ratio only where its denominator is not 0; a state of a slice only where it changed.
-- By the hour a slice has the metrics that are watched for constraints; the others come by day, and by the
-- hour for the whole market.
with series as (
  select * from int_series
),

watched as (
  select market, dimension, dimension_value, grain, bucket_start,
    unnest([
      {'metric': 'orders', 'kind': 'core', 'top': orders, 'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'revenue', 'kind': 'sum', 'top': revenue_cents,
        'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'cancelled_share', 'kind': 'ratio', 'top': cancelled_orders,
        'scale': 1, 'bottom': orders, 'records': orders},
      {'metric': 'lines_shipped', 'kind': 'core', 'top': lines_shipped,
        'scale': 1, 'bottom': 1, 'records': shipped_work},
      {'metric': 'internal_cycle_time_hours', 'kind': 'ratio', 'top': cycle_ms,
        'scale': 3600000, 'bottom': shipped_work, 'records': shipped_work},
      {'metric': 'book_to_ship_hours', 'kind': 'ratio', 'top': book_ms,
        'scale': 3600000, 'bottom': shipped_work, 'records': shipped_work},
      {'metric': 'pick_to_ship_hours', 'kind': 'ratio', 'top': pick_ms,
        'scale': 3600000, 'bottom': picked_work, 'records': picked_work},
      {'metric': 'on_time_ship_share', 'kind': 'ratio', 'top': on_time_work,
        'scale': 1, 'bottom': due_work, 'records': due_work},
      {'metric': 'reject_share', 'kind': 'ratio', 'top': rejected_lines,
        'scale': 1, 'bottom': ended_lines, 'records': ended_lines},
      {'metric': 'short_pick_share', 'kind': 'ratio', 'top': short_units,
        'scale': 1, 'bottom': asked_units, 'records': asked_units},
      {'metric': 'delivered_orders', 'kind': 'core', 'top': delivered_orders,
        'scale': 1, 'bottom': 1, 'records': delivered_orders},
      {'metric': 'late_share', 'kind': 'ratio', 'top': late_orders,
        'scale': 1, 'bottom': promised_orders, 'records': promised_orders},
      {'metric': 'transit_hours', 'kind': 'ratio', 'top': transit_ms,
        'scale': 3600000, 'bottom': transit_orders, 'records': transit_orders},
      {'metric': 'cancellations', 'kind': 'sum', 'top': cancellations,
        'scale': 1, 'bottom': 1, 'records': cancellations},
      {'metric': 'returns', 'kind': 'sum', 'top': return_lines,
        'scale': 1, 'bottom': 1, 'records': return_lines},
      {'metric': 'backlog', 'kind': 'state', 'top': backlog, 'scale': 1, 'bottom': 1, 'records': backlog},
      {'metric': 'past_due', 'kind': 'state', 'top': past_due,
        'scale': 1, 'bottom': 1, 'records': past_due},
      {'metric': 'in_jeopardy', 'kind': 'state', 'top': in_jeopardy,
        'scale': 1, 'bottom': 1, 'records': in_jeopardy},
      {'metric': 'on_hand', 'kind': 'ratio', 'top': on_hand_units,
        'scale': 1, 'bottom': positions, 'records': positions},
      {'metric': 'available_stock', 'kind': 'ratio', 'top': available_units,
        'scale': 1, 'bottom': positions, 'records': positions},
      {'metric': 'stock_out_share', 'kind': 'ratio', 'top': out_positions,
        'scale': 1, 'bottom': positions, 'records': positions},
      {'metric': 'near_stock_out_share', 'kind': 'ratio', 'top': near_positions,
        'scale': 1, 'bottom': positions, 'records': positions},
      {'metric': 'units_sold', 'kind': 'stock', 'top': sold_units,
        'scale': 1, 'bottom': 1, 'records': movements}
    ], recursive := true)
  from series
),

detailed as (
  select market, dimension, dimension_value, grain, bucket_start,
    unnest([
      {'metric': 'order_lines', 'kind': 'sum', 'top': order_lines,
        'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'units', 'kind': 'sum', 'top': units, 'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'freight_revenue', 'kind': 'sum', 'top': freight_revenue_cents,
        'scale': 1, 'bottom': 1, 'records': orders},
      {'metric': 'lines_per_order', 'kind': 'ratio', 'top': order_lines,
        'scale': 1, 'bottom': orders, 'records': orders},
      {'metric': 'average_order_value', 'kind': 'ratio', 'top': revenue_cents,
        'scale': 1, 'bottom': orders, 'records': orders},
      {'metric': 'split_share', 'kind': 'ratio', 'top': split_orders,
        'scale': 1, 'bottom': sourced_orders, 'records': sourced_orders},
      {'metric': 'fulfillment_orders_shipped', 'kind': 'sum', 'top': shipped_work,
        'scale': 1, 'bottom': 1, 'records': shipped_work},
      {'metric': 'units_shipped', 'kind': 'sum', 'top': units_shipped,
        'scale': 1, 'bottom': 1, 'records': shipped_work},
      {'metric': 'line_fill', 'kind': 'ratio', 'top': filled_lines,
        'scale': 1, 'bottom': first_lines, 'records': first_lines},
      {'metric': 'resource_depth', 'kind': 'ratio', 'top': attempts,
        'scale': 1, 'bottom': shipped_work, 'records': shipped_work},
      {'metric': 'cost_to_serve', 'kind': 'ratio', 'top': cost_cents,
        'scale': 1, 'bottom': shipped_work, 'records': shipped_work},
      {'metric': 'freight_cost', 'kind': 'sum', 'top': freight_cost_cents,
        'scale': 1, 'bottom': 1, 'records': shipped_work},
      {'metric': 'on_time_in_full', 'kind': 'ratio', 'top': otif_orders,
        'scale': 1, 'bottom': promised_orders, 'records': promised_orders},
      {'metric': 'perfect_order', 'kind': 'ratio', 'top': perfect_orders,
        'scale': 1, 'bottom': promised_orders, 'records': promised_orders},
      {'metric': 'returned_units', 'kind': 'sum', 'top': returned_units,
        'scale': 1, 'bottom': 1, 'records': return_lines},
      {'metric': 'refunds', 'kind': 'sum', 'top': refund_cents,
        'scale': 1, 'bottom': 1, 'records': return_lines},
      {'metric': 'return_loss', 'kind': 'sum', 'top': loss_cents,
        'scale': 1, 'bottom': 1, 'records': return_lines},
      {'metric': 'return_rate_orders', 'kind': 'ratio', 'top': returned_orders,
        'scale': 1, 'bottom': delivered_orders, 'records': delivered_orders},
      {'metric': 'return_rate_revenue', 'kind': 'ratio', 'top': refund_cents,
        'scale': 1, 'bottom': delivered_cents, 'records': delivered_orders},
      {'metric': 'promised_stock', 'kind': 'ratio', 'top': promised_units,
        'scale': 1, 'bottom': positions, 'records': positions},
      {'metric': 'units_received', 'kind': 'stock', 'top': received_units,
        'scale': 1, 'bottom': 1, 'records': movements},
      {'metric': 'units_adjusted', 'kind': 'stock', 'top': adjusted_units,
        'scale': 1, 'bottom': 1, 'records': movements},
      {'metric': 'sell_rate', 'kind': 'ratio', 'top': sold_units,
        'scale': 1, 'bottom': on_hand_units, 'records': positions}
    ], recursive := true)
  from series
  where grain = 'day' or dimension = 'all'
),

terms as (
  select * from watched
  union all by name
  select * from detailed
),

final as (
  select * exclude (kind)
  from terms
  where case kind
    when 'ratio' then bottom > 0
    when 'core' then dimension <> 'reason'
    when 'stock' then top <> 0
    when 'state' then dimension = 'all' or top is not null
    else dimension = 'all' or top <> 0
  end
)

select * from final
