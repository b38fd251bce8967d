-- What left a node for an order; a shipment without a node belongs to the only node of its order.
-- grain: one row per order and node that shipped
-- key: order_id, node_id
-- owner: pipeline
-- units: money bigint cents, times timestamptz UTC
-- incremental: view
with shipment_rows as (
  select * from stg_shipments
),

work as (
  select order_id, node_id from int_work where status not in ('rejected', 'cancelled')
),

single as (
  select order_id, min(node_id) as node_id
  from work
  where order_id in (select order_id from shipment_rows where node_id is null)
  group by order_id
  having min(node_id) = max(node_id)
),

placed as (
  select
    shipment_rows.* replace (coalesce(shipment_rows.node_id, single.node_id) as node_id)
  from shipment_rows
  left join single on single.order_id = shipment_rows.order_id
),

final as (
  select
    order_id,
    node_id,
    case when min(carrier) = max(carrier) then min(carrier) when min(carrier) is not null then 'multiple' end
      as carrier,
    max(shipped_at) as shipped_at,
    max(delivered_at) as delivered_at,
    sum(coalesce(freight_cost_cents, 0))::bigint as freight_cost_cents
  from placed
  group by order_id, node_id
)

select * from final
