-- What fulfillment orders measure, by the time their work ended.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: as in the facts
-- incremental: view
-- Hours for the dimensions with few values; lanes, classes and regions by day: their hours are mostly empty.
with facts as (
  select *, bucket_hour // 24 as bucket_day from int_facts_closed
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
      else 'all'
    end as dimension,
    coalesce(provider, node, carrier, lane, sku_class, channel, region, method, 'all') as dimension_value,
    sum(shipped_work)::bigint as shipped_work,
    sum(lines_shipped)::bigint as lines_shipped,
    sum(units_shipped)::bigint as units_shipped,
    sum(ended_lines)::bigint as ended_lines,
    sum(rejected_lines)::bigint as rejected_lines,
    sum(asked_units)::bigint as asked_units,
    sum(short_units)::bigint as short_units,
    sum(first_lines)::bigint as first_lines,
    sum(filled_lines)::bigint as filled_lines,
    sum(attempts)::bigint as attempts,
    sum(cycle_ms)::bigint as cycle_ms,
    sum(book_ms)::bigint as book_ms,
    sum(pick_ms)::bigint as pick_ms,
    count(pick_ms) as picked_work,
    sum(due_work)::bigint as due_work,
    sum(on_time_work)::bigint as on_time_work,
    sum(cost_cents)::bigint as cost_cents,
    sum(freight_cost_cents)::bigint as freight_cost_cents
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
    (market, bucket_day, method)
  )
),

final as (
  select
    * exclude (bucket_hour, bucket_day),
    case when bucket_hour is null then 'day' else 'hour' end as grain,
    make_timestamptz(coalesce(bucket_hour, bucket_day * 24) * 3600000000) as bucket_start
  from sums
)

select * from final
