-- Return lines as the sources tell them.
-- grain: one row per return line
-- key: order_id, return_id
-- owner: pipeline
-- units: money bigint cents, quantities in units, times timestamptz UTC
-- incremental: view
with file_rows as (
  select * from raw_file_returns
),

final as (
  select
    md5(concat_ws(chr(31), market, provider, order_external_id))::uuid as order_id,
    return_external_id as return_id,
    market,
    provider,
    line_external_id as line_id,
    sku,
    quantity,
    reason,
    requested_at,
    received_at,
    provider || ':' || node_external_id as node_id,
    coalesce(refund_cents, 0) as refund_cents,
    coalesce(loss_cents, 0) as loss_cents
  from file_rows
)

select * from final
