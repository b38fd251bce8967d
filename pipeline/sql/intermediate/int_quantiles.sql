-- Medians and 90th percentiles of durations; they do not add up, so they are taken from the facts themselves.
-- grain: one row per metric, market, bucket and value of a dimension
-- key: metric, market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: hours
-- incremental: view
-- Hours for the market, nodes and carriers, days for lanes too.
with closed as (
  select * from int_facts_closed where cycle_ms is not null
),

delivered as (
  select * from int_facts_delivered where transit_ms is not null
),

durations as (
  select 'internal_cycle_time' as duration, market, bucket_hour, node, carrier, lane, cycle_ms as ms
  from closed
  union all
  select 'transit' as duration, market, bucket_hour, node, carrier, lane, transit_ms as ms
  from delivered
),

dated as (
  select *, bucket_hour // 24 as bucket_day from durations
),

quantiles as (
  select
    duration,
    market,
    bucket_hour,
    bucket_day,
    case
      when grouping(node) = 0 then 'node'
      when grouping(carrier) = 0 then 'carrier'
      when grouping(lane) = 0 then 'lane'
      else 'all'
    end as dimension,
    coalesce(node, carrier, lane, 'all') as dimension_value,
    count(*) as records,
    quantile_cont(ms, [0.5, 0.9]) as ms
  from dated
  group by grouping sets (
    (duration, market, bucket_hour),
    (duration, market, bucket_hour, node),
    (duration, market, bucket_hour, carrier),
    (duration, market, bucket_day),
    (duration, market, bucket_day, node),
    (duration, market, bucket_day, carrier),
    (duration, market, bucket_day, lane)
  )
),

final as (
  select
    market,
    case when bucket_hour is null then 'day' else 'hour' end as grain,
    dimension,
    dimension_value,
    make_timestamptz(coalesce(bucket_hour, bucket_day * 24) * 3600000000) as bucket_start,
    records,
    unnest([
      {'metric': duration || '_p50_hours', 'numerator': ms[1] / 3600000},
      {'metric': duration || '_p90_hours', 'numerator': ms[2] / 3600000}
    ], recursive := true)
  from quantiles
)

select * from final
