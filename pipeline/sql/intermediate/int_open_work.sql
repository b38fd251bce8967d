-- Open work at the end of a bucket: all of it, what is past due, what is due within 24 hours.
-- grain: one row per market, bucket and value of a dimension
-- key: market, grain, dimension, dimension_value, bucket_start
-- owner: pipeline
-- units: fulfillment orders
-- incremental: view
-- Every span gives steps up and down; their running sum is the state. By the hour a slice has a row where
-- it changed and stays as it was in between; by the day, and for the market, it has one while work is open.
with spans as (
  select * from int_facts_open
),

clocks as (
  select market, epoch_us(watermark) // 3600000000 as last_hour from market_clock
),

bounds as (
  select
    *,
    coalesce(closed_hour, 9000000) as until_hour,
    case when due_hour is not null then greatest(opened_hour, due_hour) end as late_from,
    case when due_hour is not null then greatest(opened_hour, due_hour - 24) end as close_from,
    least(closed_hour, due_hour) as close_until
  from spans
),

steps as (
  select
    * exclude (opened_hour, closed_hour, due_hour, until_hour, late_from, close_from, close_until),
    unnest([
      {'bucket_hour': opened_hour, 'backlog': 1, 'past_due': 0, 'in_jeopardy': 0},
      {'bucket_hour': closed_hour, 'backlog': -1, 'past_due': 0, 'in_jeopardy': 0},
      {'bucket_hour': if(late_from < until_hour, late_from, null),
        'backlog': 0, 'past_due': 1, 'in_jeopardy': 0},
      {'bucket_hour': if(late_from < until_hour, closed_hour, null),
        'backlog': 0, 'past_due': -1, 'in_jeopardy': 0},
      {'bucket_hour': if(close_from < close_until, close_from, null),
        'backlog': 0, 'past_due': 0, 'in_jeopardy': 1},
      {'bucket_hour': if(close_from < close_until, close_until, null),
        'backlog': 0, 'past_due': 0, 'in_jeopardy': -1}
    ], recursive := true)
  from bounds
),

happened as (
  select steps.*, bucket_hour // 24 as bucket_day, last_hour
  from steps
  inner join clocks on clocks.market = steps.market
  where bucket_hour <= last_hour
),

sums as (
  select
    market,
    case when grouping(bucket_hour) = 0 then 'hour' else 'day' end as grain,
    coalesce(bucket_hour, bucket_day) as bucket,
    max(last_hour) as last_hour,
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
    sum(backlog)::bigint as backlog,
    sum(past_due)::bigint as past_due,
    sum(in_jeopardy)::bigint as in_jeopardy
  from happened
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

states as (
  select
    market, grain, dimension, dimension_value, bucket,
    coalesce(lead(bucket) over series, if(grain = 'hour', last_hour, last_hour // 24) + 1) as next_bucket,
    sum(backlog) over series as backlog,
    sum(past_due) over series as past_due,
    sum(in_jeopardy) over series as in_jeopardy
  from sums
  window series as (partition by market, grain, dimension, dimension_value order by bucket)
),

held as (
  select
    * exclude (bucket, next_bucket),
    unnest(
      case
        when backlog > 0 and (grain = 'day' or dimension = 'all') then range(bucket, next_bucket)
        else [bucket]
      end
    ) as bucket
  from states
),

final as (
  select
    market, grain, dimension, dimension_value,
    make_timestamptz(bucket * if(grain = 'hour', 3600000000, 86400000000)) as bucket_start,
    backlog::bigint as backlog,
    past_due::bigint as past_due,
    in_jeopardy::bigint as in_jeopardy
  from held
)

select * from final
