-- The calendar of each market: its first day and its "now".
-- grain: one row per market
-- key: market
-- owner: pipeline
-- units: times timestamptz UTC, days date (UTC)
-- incremental: always
-- The watermark is the latest thing that happened; promises and due dates are no happenings.
-- Series of the whole market are dense over at most 1,100 days. Leaves are kept for the newest days that hold
-- 150,000 orders together, and for 28 days at least.
with order_times as (
  select
    market,
    min(placed_at) as first_at,
    greatest(
      max(placed_at), max(approved_at), max(shipped_at), max(delivered_at), max(cancelled_at)
    ) as last_at
  from orders
  group by market
),

work_times as (
  select
    market,
    greatest(
      max(released_at), max(accepted_at), max(rejected_at), max(picked_at), max(packed_at),
      max(shipped_at), max(delivered_at)
    ) as last_at
  from fulfillment_orders
  group by market
),

shipment_times as (
  select market, greatest(max(shipped_at), max(delivered_at)) as last_at
  from shipments
  group by market
),

return_times as (
  select market, greatest(max(requested_at), max(received_at)) as last_at
  from returns
  group by market
),

count_times as (
  select market, max(counted_at) as last_at
  from inventory_counts
  group by market
),

stock_times as (
  select market, max(counted_at) as last_at
  from inventory_positions
  group by market
),

movement_times as (
  select market, max(moved_at) as last_at
  from inventory_movements
  group by market
),

happenings as (
  select * from order_times
  union all by name select * from work_times
  union all by name select * from shipment_times
  union all by name select * from return_times
  union all by name select * from count_times
  union all by name select * from stock_times
  union all by name select * from movement_times
),

daily as (
  select market, epoch_us(placed_at) // 86400000000 as placed_on, count(*) as orders
  from orders
  group by market, placed_on
),

summed as (
  select market, placed_on, sum(orders) over (partition by market order by placed_on desc) as newer_orders
  from daily
),

kept as (
  select market, cast(make_timestamptz(min(placed_on) * 86400000000) as date) as kept_from
  from summed
  where newer_orders <= 150000
  group by market
),

clocks as (
  select
    market,
    cast(min(first_at) as date) as first_day,
    max(last_at) as watermark,
    cast(max(last_at) as date) as last_day
  from happenings
  group by market
),

final as (
  select
    clocks.market,
    first_day,
    watermark,
    cast(greatest(first_day, last_day - 1100) as date) as dense_from,
    cast(least(kept_from, last_day - 27) as date) as leaves_from
  from clocks
  left join kept on kept.market = clocks.market
)

select * from final
