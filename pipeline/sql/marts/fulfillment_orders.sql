-- Fulfillment orders: the work a node does for an order, with its carrier, lane, times and costs.
-- grain: one row per fulfillment order
-- key: order_id, fulfillment_order_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: order
-- order: placed_at
-- Work whose end is not dated ends when it began, so that it never counts as backlog.
-- The freight of an order and node is borne by its first live fulfillment order.
with work as (
  select * from int_work
),

headers as (
  select order_id, placed_at, promised_at, delivered_at, channel, region, method from stg_orders
),

node_lines as (
  select * from int_node_lines
),

-- work for a node that no line names takes all lines of its order
unnamed as (
  select distinct work.order_id
  from work
  anti join node_lines on node_lines.order_id = work.order_id and node_lines.node_id = work.node_id
),

order_totals as (
  select
    order_id,
    sum(line_count)::bigint as line_count,
    sum(filled_line_count)::bigint as filled_line_count,
    sum(unit_count)::bigint as unit_count,
    case when min(first_class) = max(last_class) then min(first_class) else 'mixed' end as sku_class
  from node_lines
  where order_id in (select order_id from unnamed)
  group by order_id
),

told_lines as (
  select * from int_told_lines
),

node_shipments as (
  select * from int_node_shipments
),

origins as (
  select node_id, region, processing_cost_cents from nodes
),

bearers as (
  select order_id, node_id, min(fulfillment_order_id) as fulfillment_order_id
  from work
  where status not in ('rejected', 'cancelled')
  group by order_id, node_id
),

joined as (
  select
    work.* replace (coalesce(work.carrier, node_shipments.carrier) as carrier),
    headers.placed_at,
    headers.promised_at,
    coalesce(headers.channel, 'unknown') as channel,
    coalesce(headers.region, 'unknown') as region,
    headers.method,
    work.status not in ('rejected', 'cancelled') as is_live,
    coalesce(told_lines.line_count, node_lines.line_count, order_totals.line_count, 0) as line_count,
    coalesce(told_lines.filled, node_lines.filled_line_count, order_totals.filled_line_count, 0) as filled,
    coalesce(node_lines.unit_count, order_totals.unit_count, 0) as unit_count,
    coalesce(
      told_lines.sku_class,
      case
        when node_lines.first_class = node_lines.last_class then node_lines.first_class
        when node_lines.first_class is not null then 'mixed'
      end,
      order_totals.sku_class,
      'unknown'
    ) as sku_class,
    coalesce(work.ship_by, node_lines.ship_by) as due_at,
    node_shipments.shipped_at as carried_at,
    node_shipments.delivered_at as carried_to_at,
    headers.delivered_at as order_delivered_at,
    case
      when bearers.fulfillment_order_id = work.fulfillment_order_id then node_shipments.freight_cost_cents
    end as freight_cost_cents,
    origins.region as origin,
    coalesce(work.processing_cost_cents, origins.processing_cost_cents, 0) as work_cost_cents
  from work
  inner join headers on headers.order_id = work.order_id
  left join node_lines on node_lines.order_id = work.order_id and node_lines.node_id = work.node_id
  left join order_totals on order_totals.order_id = work.order_id
  left join told_lines
    on told_lines.order_id = work.order_id
    and told_lines.fulfillment_order_id = work.fulfillment_order_id
  left join node_shipments
    on node_shipments.order_id = work.order_id and node_shipments.node_id = work.node_id
  left join bearers on bearers.order_id = work.order_id and bearers.node_id = work.node_id
  left join origins on origins.node_id = work.node_id
),

timed as (
  select
    * replace (
      case
        when is_derived then coalesce(case when is_live then carried_at end, shipped_at)
        when status in ('shipped', 'delivered', 'collected') then coalesce(shipped_at, carried_at)
        else shipped_at
      end as shipped_at
    ),
    case
      when is_derived or status in ('delivered', 'collected') then coalesce(carried_to_at, order_delivered_at)
      when is_live then carried_to_at
    end as delivered_at,
    coalesce(released_at, started_at) as work_started_at
  from joined
),

final as (
  select
    order_id, fulfillment_order_id, market, provider, node_id,
    case
      when is_derived and shipped_at is not null and status in ('open', 'picking', 'packed') then 'shipped'
      else status
    end as status,
    attempt, is_derived,
    coalesce(carrier, 'unknown') as carrier,
    coalesce(origin, 'unknown') || '>' || region as lane,
    channel, region, method, sku_class, placed_at,
    work_started_at as released_at,
    accepted_at, rejected_at, reject_reason, picked_at, packed_at, shipped_at,
    case
      when status = 'rejected' then coalesce(rejected_at, work_started_at)
      when shipped_at is not null then shipped_at
      when status = 'cancelled' then coalesce(cancelled_at, work_started_at)
      when status = 'ready_for_pickup' then coalesce(packed_at, work_started_at)
      when status in ('shipped', 'delivered', 'collected') then coalesce(delivered_at, work_started_at)
    end as closed_at,
    due_at as ship_by, promised_at, delivered_at, line_count,
    case when attempt = 1 and is_live then filled else 0 end as filled_line_count,
    coalesce(quantity, unit_count) as quantity,
    short_quantity,
    case when is_live then work_cost_cents else coalesce(processing_cost_cents, 0) end
      as processing_cost_cents,
    coalesce(freight_cost_cents, 0) as freight_cost_cents
  from timed
)

select * from final
