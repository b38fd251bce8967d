-- What loads measure, by the time they were accepted.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: as in the facts
-- incremental: view
with facts as (
  select *, bucket_hour // 24 as bucket_day from int_facts_loaded
),

sums as (
  select
    market,
    bucket_hour,
    bucket_day,
    case
      when grouping(provider) = 0 then 'provider'
      else 'all'
    end as dimension,
    coalesce(provider, 'all') as dimension_value,
    sum(loads)::bigint as loads,
    sum(records)::bigint as records,
    sum(quarantined)::bigint as quarantined
  from facts
  group by grouping sets (
    (market, bucket_hour),
    (market, bucket_hour, provider),
    (market, bucket_day),
    (market, bucket_day, provider)
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
