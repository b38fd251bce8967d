-- All sums and states of a series and bucket side by side, and the hours in which nothing happened.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: as in the sums
-- incremental: view
-- Each measure comes from one of the sums, which have a key: max only takes what is there.
-- Laid down by time here, where rows are few and wide, rather than in metric_points.
with placed as (
  select * from int_sums_placed
),

closed as (
  select * from int_sums_closed
),

outcomes as (
  select * from int_sums_outcomes
),

stock as (
  select * from int_sums_stock
),

open_work as (
  select * from int_open_work
),

quiet as (
  select * from int_dense_hours
),

quiet_hours as (
  select market, 'hour' as grain, make_timestamptz(bucket_hour * 3600000000) as bucket_start
  from quiet
  union all
  select distinct market, 'day' as grain, make_timestamptz(bucket_hour // 24 * 86400000000) as bucket_start
  from quiet
),

buckets as (
  select * from placed
  union all by name select * from closed
  union all by name select * from outcomes
  union all by name select * from stock
  union all by name select * from open_work
  union all by name
  select market, grain, 'all' as dimension, 'all' as dimension_value, bucket_start from quiet_hours
),

final as (
  select market, grain, dimension, dimension_value, bucket_start, max(columns(* exclude (
    market, grain, dimension, dimension_value, bucket_start
  )))
  from buckets
  group by market, grain, dimension, dimension_value, bucket_start
  order by bucket_start
)

select * from final
