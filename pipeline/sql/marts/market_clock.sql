-- The calendar of each market: its first day and its "now".
-- grain: one row per market
-- key: market
-- owner: pipeline
-- units: times timestamptz UTC, days date (UTC)
-- incremental: none
-- The watermark is the latest thing that happened; promises and due dates are no happenings.
-- Series of the whole market are dense over at most 1,100 days, leaves are kept for 92.
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
  union all by name select * from movement_times
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
    market,
    first_day,
    watermark,
    cast(greatest(first_day, last_day - 1100) as date) as dense_from,
    cast(last_day - 91 as date) as leaves_from
  from clocks
)

select * from final
