-- Series: every metric, sliced by one dimension at a time, by hour and by day (UTC).
-- grain: one row per metric, dimension value and bucket
-- key: market, metric, dimension, dimension_value, grain, bucket_start
-- owner: pipeline
-- units: see metric_catalogue
-- incremental: bucket
-- For the whole market sums and states have a point in every bucket from market_clock.dense_from to the
-- watermark. A slice has the buckets in which anything happened: there orders, lines_shipped and
-- delivered_orders are 0 where none, other sums are left out. A ratio never has a denominator of 0.
-- A state that a slice lacks in an hour is as it was in the hour before.
with terms as (
  select * from int_terms
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
  from terms
  union all by name
  select * exclude (numerator), numerator, 1 as denominator from quantiles
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
