-- What stock counts and movements measure.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: as in the facts
-- incremental: view
-- Counts know neither carrier nor channel: they are sliced by provider, node and class only.
with events as (
  select * from int_facts_counted
  union all by name select * from int_facts_moved
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
      when grouping(sku_class) = 0 then 'sku_class'
      else 'all'
    end as dimension,
    coalesce(provider, node, sku_class, 'all') as dimension_value,
    sum(positions)::bigint as positions,
    sum(on_hand_units)::bigint as on_hand_units,
    sum(promised_units)::bigint as promised_units,
    sum(available_units)::bigint as available_units,
    sum(out_positions)::bigint as out_positions,
    sum(near_positions)::bigint as near_positions,
    sum(movements)::bigint as movements,
    sum(sold_units)::bigint as sold_units,
    sum(received_units)::bigint as received_units,
    sum(adjusted_units)::bigint as adjusted_units
  from facts
  group by grouping sets (
    (market, bucket_hour),
    (market, bucket_hour, provider),
    (market, bucket_hour, node),
    (market, bucket_day),
    (market, bucket_day, provider),
    (market, bucket_day, node),
    (market, bucket_day, sku_class)
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
