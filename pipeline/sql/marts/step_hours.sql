-- Every step of work, hour by hour: how much was there to be done, how long it had been there, and how much was done.
-- grain: one row per step, hour, slice and stratum
-- key: market, step, bucket_start, provider, node, carrier, service, lane, sku_class, channel, region, stratum
-- owner: pipeline
-- units: at_risk and done in pieces (pieces of work, parcels, orders, lines, units), done of freight in cents
-- incremental: bucket
-- Open work counts in every hour it waits, so that a step that stops shows at once and not when it is over. Sums of
-- at_risk and of done add up over all slices. The stratum is the age in hours (pick, pack, send, cancel), the day
-- against the one planned and the part of the day (deliver: 4 * days + 0 to 3), or if the price was reduced (line).
-- Kept for the newest 42 days of what market_clock.leaves_from allows; work that is older than two days, and parcels
-- later than four, are not counted any more.
with work as (
  select * from int_steps_work
),

placed as (
  select * from int_steps_orders
),

parcels as (
  select * from int_steps_parcels
),

lines as (
  select * from int_steps_lines
),

written_off as (
  select * from int_steps_stock
),

clocks as (
  select * from int_steps_span
),

waiting as (
  select work.* exclude (opened_hour, closed_hour, done), opened_hour, closed_hour, done,
    unnest(range(
      greatest(opened_hour, from_hour), least(coalesce(closed_hour, last_hour), opened_hour + 48, to_hour) + 1
    )) as bucket_hour
  from work
  inner join clocks on clocks.market = work.market and coalesce(closed_hour, last_hour) >= first_hour
),

work_hours as (
  select market, step, bucket_hour, provider, node, carrier, lane, sku_class,
    bucket_hour - opened_hour as stratum, 1 as at_risk,
    case when bucket_hour = closed_hour then done else 0 end as done
  from waiting
),

young as (
  select placed.market, opened_hour, closed_hour, provider, channel, region,
    unnest(range(
      greatest(opened_hour, from_hour), least(coalesce(closed_hour, last_hour), opened_hour + 2, to_hour) + 1
    )) as bucket_hour
  from placed
  inner join clocks on clocks.market = placed.market and opened_hour >= first_hour
),

order_hours as (
  select market, 'cancel' as step, bucket_hour, provider, channel, region,
    bucket_hour - opened_hour as stratum, 1 as at_risk,
    (bucket_hour = closed_hour)::bigint as done
  from young
  union all by name
  select market, 'order' as step, opened_hour as bucket_hour, provider, channel, region,
    0 as stratum, 1 as at_risk, 1 as done
  from placed
),

-- Orders of an hour in which the same customer paid the same through the same channel before.
repeats as (
  select placed.market, 'repeat' as step, opened_hour as bucket_hour, provider, channel, 0 as stratum,
    count(*) as at_risk,
    count(bought) - count(distinct bought) as done
  from placed
  inner join clocks on clocks.market = placed.market and opened_hour >= first_hour
  group by all
),

days as (
  select parcels.*, now_us,
    unnest(range(shipped_day, coalesce(
      delivered_day, ceil((now_us - promised_us) / 86400000000.0)::bigint
    ) + 1)) as day
  from parcels
  inner join clocks on clocks.market = parcels.market and coalesce(closed_hour, last_hour) >= first_hour
),

parts as (
  select *,
    unnest([
      {'part': 0, 'began_us': promised_us + 3600000000 * (24 * day - 27),
        'ended_us': promised_us + 3600000000 * (24 * day - 12)},
      {'part': 1, 'began_us': promised_us + 3600000000 * (24 * day - 12),
        'ended_us': promised_us + 3600000000 * (24 * day - 10)},
      {'part': 2, 'began_us': promised_us + 3600000000 * (24 * day - 10),
        'ended_us': promised_us + 3600000000 * (24 * day - 8)},
      {'part': 3, 'began_us': promised_us + 3600000000 * (24 * day - 8),
        'ended_us': promised_us + 3600000000 * (24 * day - 3)}
    ], recursive := true)
  from days
  where day - days_late <= 4
),

parcel_hours as (
  select market, 'deliver' as step, ended_us // 3600000000 as bucket_hour,
    provider, node, carrier, service, lane,
    4 * (day - days_late) + part as stratum,
    1 as at_risk,
    (delivered_us <= ended_us)::bigint as done
  from parts
  where ended_us <= now_us and shipped_us < began_us and (delivered_us is null or delivered_us > began_us)
),

happened as (
  select * from work_hours union all by name select * from int_steps_pace
  union all by name select * from order_hours
  union all by name select * from repeats
  union all by name select * from parcel_hours
  union all by name
  select market, 'line' as step, bucket_hour, provider, sku_class, is_reduced as stratum, 1 as at_risk, 1 as done
  from lines
  union all by name
  select market, 'write_off' as step, bucket_hour, provider, node, sku_class, 0 as stratum, 1 as at_risk,
    units as done
  from written_off
),

final as (
  select
    happened.market, step, make_timestamptz(bucket_hour * 3600000000) as bucket_start, provider,
    coalesce(node, 'none') as node, coalesce(carrier, 'none') as carrier, coalesce(service, 'none') as service,
    coalesce(lane, 'none') as lane, coalesce(sku_class, 'none') as sku_class,
    coalesce(channel, 'none') as channel, coalesce(region, 'none') as region,
    stratum::bigint as stratum,
    sum(at_risk)::bigint as at_risk,
    coalesce(sum(done), 0)::bigint as done
  from happened
  inner join clocks on clocks.market = happened.market and bucket_hour >= first_hour and bucket_hour <= last_hour
  group by all
)

select * from final
