-- The hours in which the whole market has a point even where nothing happened.
-- grain: one row per market and hour
-- key: market, bucket_hour
-- owner: pipeline
-- units: bucket_hour = hours since 1970 UTC
-- incremental: view
-- facts: none
with clocks as (
  select
    market,
    epoch_us(dense_from::timestamptz) // 3600000000 as first_hour,
    epoch_us(watermark) // 3600000000 as last_hour
  from market_clock
  where dense_from is not null
),

final as (
  select market, unnest(range(first_hour, last_hour + 1)) as bucket_hour
  from clocks
)

select * from final
