-- From which hour to which steps of work are counted, and which of these hours are written now.
-- grain: one row per market
-- key: market
-- owner: pipeline
-- units: hours since 1970 UTC, both of them counted; now_us = microseconds since 1970
-- incremental: view
-- hours: from_hour, to_hour
with clocks as (
  select
    market,
    epoch_us(greatest(leaves_from, cast(watermark as date) - 42)::timestamptz) // 3600000000 as first_hour,
    epoch_us(watermark) // 3600000000 as last_hour,
    epoch_us(watermark) as now_us
  from market_clock
),

final as (
  select market, first_hour, last_hour, first_hour as from_hour, last_hour as to_hour, now_us
  from clocks
)

select * from final
