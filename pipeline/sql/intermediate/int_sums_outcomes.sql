-- What deliveries, cancellations and returns measure, by the time they happened.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: as in the facts
-- incremental: view
-- Hours for the dimensions with few values; lanes, classes and regions by day: their hours are mostly empty.
with events as (
  select * from int_facts_delivered
  union all by name select * from int_facts_cancelled
  union all by name select * from int_facts_returned
),

facts as (
  select *, bucket_hour // 24 as bucket_day from events
),

sums as (
  select
    market,
    bucket_hour,
    bucket_day,
    case
      when grouping(provider) = 0 then 'provider'
      when grouping(node) = 0 then 'node'
      when grouping(carrier) = 0 then 'carrier'
      when grouping(lane) = 0 then 'lane'
      when grouping(sku_class) = 0 then 'sku_class'
      when grouping(channel) = 0 then 'channel'
      when grouping(region) = 0 then 'region'
      when grouping(method) = 0 then 'method'
      when grouping(reason) = 0 then 'reason'
      else 'all'
    end as dimension,
    coalesce(provider, node, carrier, lane, sku_class, channel, region, method, reason, 'all')
      as dimension_value,
    sum(delivered_orders)::bigint as delivered_orders,
    sum(delivered_cents)::bigint as delivered_cents,
    sum(promised_orders)::bigint as promised_orders,
    sum(late_orders)::bigint as late_orders,
    sum(otif_orders)::bigint as otif_orders,
    sum(perfect_orders)::bigint as perfect_orders,
    sum(transit_ms)::bigint as transit_ms,
    count(transit_ms) as transit_orders,
    sum(cancellations)::bigint as cancellations,
    sum(cancelled_cents)::bigint as cancelled_cents,
    sum(return_lines)::bigint as return_lines,
    sum(returned_orders)::bigint as returned_orders,
    sum(returned_units)::bigint as returned_units,
    sum(refund_cents)::bigint as refund_cents,
    sum(loss_cents)::bigint as loss_cents
  from facts
  group by grouping sets (
    (market, bucket_hour),
    (market, bucket_hour, provider),
    (market, bucket_hour, node),
    (market, bucket_hour, carrier),
    (market, bucket_hour, channel),
    (market, bucket_hour, method),
    (market, bucket_day),
    (market, bucket_day, provider),
    (market, bucket_day, node),
    (market, bucket_day, carrier),
    (market, bucket_day, lane),
    (market, bucket_day, sku_class),
    (market, bucket_day, channel),
    (market, bucket_day, region),
    (market, bucket_day, method),
    (market, bucket_day, reason)
  )
),

final as (
  select
    * exclude (bucket_hour, bucket_day),
    case when bucket_hour is null then 'day' else 'hour' end as grain,
    make_timestamptz(coalesce(bucket_hour, bucket_day * 24) * 3600000000) as bucket_start
  from sums
  where dimension <> 'reason' or dimension_value <> 'all'
)

select * from final
