-- How fast nodes pack while work waits to be packed: seconds in which any of it was there, and what of it was done.
-- grain: one row per provider, node, hour and stratum
-- key: market, bucket_hour, provider, node, stratum
-- owner: pipeline
-- units: at_risk in seconds, done in pieces, bucket_hour = hours since 1970 UTC
-- incremental: view
-- The stratum is how much work was there, by powers of two: 0 = one piece, 1 = two or three, 2 = four to seven. Where
-- one piece is packed after the other the pace is the same in all of them, where each is by itself it grows with them.
with clocks as (
  select * from int_steps_span
),

waiting as (
  select work.*, now_us,
    unnest(range(
      greatest(opened_hour, from_hour), least(coalesce(closed_hour, last_hour), opened_hour + 48, to_hour) + 1
    )) as bucket_hour
  from int_steps_work as work
  inner join clocks on clocks.market = work.market
  where step = 'pack'
),

-- Work comes and goes within each hour; of what goes at the same instant what was not done goes first.
turns as (
  select market, provider, node, bucket_hour,
    greatest(opened_us, 3600000000 * bucket_hour) as at_us, 1 as change, 0 as done
  from waiting
  union all by name
  select market, provider, node, bucket_hour,
    greatest(opened_us, 3600000000 * bucket_hour,
      least(coalesce(closed_us, now_us), 3600000000 * (bucket_hour + 1))) as at_us,
    -1 as change,
    case when bucket_hour = closed_hour then done else 0 end as done
  from waiting
),

levels as (
  select *,
    sum(change) over (
      partition by market, provider, node, bucket_hour order by at_us, change desc, done
      rows unbounded preceding
    ) as level,
    lead(at_us) over (
      partition by market, provider, node, bucket_hour order by at_us, change desc, done
    ) as until_us
  from turns
),

pieces as (
  select market, bucket_hour, provider, node, floor(log2(level))::bigint as stratum,
    until_us - at_us as busy_us, 0 as done
  from levels
  where level > 0
  union all by name
  select market, bucket_hour, provider, node, floor(log2(level + 1))::bigint as stratum, 0 as busy_us, done
  from levels
  where change < 0
),

final as (
  select market, 'pace' as step, bucket_hour, provider, node, stratum,
    sum(busy_us) // 1000000 as at_risk, sum(done) as done
  from pieces
  group by all
)

select * from final
