-- Work for nodes: the source's fulfillment orders, else one per order and node that its lines name.
-- grain: one row per fulfillment order
-- key: order_id, fulfillment_order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
-- Work is released by the approval of the payment, unless that is said to be later than the hand-over.
with headers as (
  select order_id, market, status, placed_at, approved_at, shipped_at, cancelled_at
  from stg_orders
),

told as (
  select * from stg_fulfillment_orders
),

node_lines as (
  select * from int_node_lines where node_id is not null
),

starts as (
  select
    *,
    case
      when approved_at is null or approved_at > shipped_at then placed_at
      else approved_at
    end as started_at
  from headers
),

from_source as (
  select
    told.* replace (coalesce(told.cancelled_at, starts.cancelled_at) as cancelled_at),
    starts.started_at,
    false as is_derived
  from told
  inner join starts on starts.order_id = told.order_id
),

without_source as (
  select node_lines.*
  from node_lines
  anti join told on told.order_id = node_lines.order_id
),

from_lines as (
  select
    without_source.order_id,
    without_source.node_id[instr(without_source.node_id, ':') + 1:] as fulfillment_order_id,
    starts.market,
    without_source.node_id[:instr(without_source.node_id, ':') - 1] as provider,
    without_source.node_id,
    case
      when starts.status = 'cancelled' or without_source.cancelled_line_count = without_source.line_count
        then 'cancelled'
      when starts.status in ('delivered', 'return_requested', 'returned') then 'delivered'
      when starts.status in ('shipped', 'collected', 'picking', 'packed', 'ready_for_pickup')
        then starts.status
      else 'open'
    end as status,
    1 as attempt,
    starts.shipped_at,
    without_source.ship_by,
    without_source.unit_count as quantity,
    0 as short_quantity,
    starts.started_at,
    starts.cancelled_at,
    true as is_derived
  from without_source
  inner join starts on starts.order_id = without_source.order_id
),

final as (
  select * from from_source
  union all by name
  select * from from_lines
)

select * from final
