-- Return lines, sliced as the order they take back.
-- grain: one row per return line
-- key: order_id, return_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: order
-- order: requested_at
with return_rows as (
  select * from stg_returns
),

headers as (
  select order_id, node_id, carrier, channel, region, lane, method from orders
),

line_rows as (
  select order_id, line_id, sku from order_lines
),

classes as (
  select provider, sku, sku_class from products
),

market_classes as (
  select market, sku, sku_class from int_market_classes
),

firsts as (
  select order_id, min((requested_at, return_id)) as first_return
  from return_rows
  group by order_id
),

named as (
  select
    return_rows.* replace (
      coalesce(return_rows.sku, line_rows.sku, 'unknown') as sku,
      coalesce(return_rows.node_id, headers.node_id) as node_id
    ),
    headers.* exclude (order_id, node_id),
    firsts.first_return = (return_rows.requested_at, return_rows.return_id) as is_first
  from return_rows
  inner join headers on headers.order_id = return_rows.order_id
  left join line_rows
    on line_rows.order_id = return_rows.order_id and line_rows.line_id = return_rows.line_id
  left join firsts on firsts.order_id = return_rows.order_id
),

final as (
  select
    named.order_id,
    named.return_id,
    named.market,
    named.provider,
    named.line_id,
    named.sku,
    coalesce(classes.sku_class, market_classes.sku_class, 'unknown') as sku_class,
    named.node_id,
    named.carrier,
    named.channel,
    named.region,
    named.lane,
    named.method,
    named.is_first,
    coalesce(named.reason, 'unknown') as reason,
    named.quantity,
    named.requested_at,
    named.received_at,
    named.refund_cents,
    named.loss_cents
  from named
  left join classes on classes.provider = named.provider and classes.sku = named.sku
  left join market_classes
    on market_classes.market = named.market and market_classes.sku = named.sku
)

select * from final
