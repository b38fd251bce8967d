// Time zones of destinations, for promises given as a day without a zone.

/** Main zone by US state and Canadian province. */
const regions: Record<string, string> = {
  'America/New_York': 'CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV',
  'America/Chicago': 'AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI',
  'America/Denver': 'CO ID MT NM UT WY',
  'America/Phoenix': 'AZ',
  'America/Los_Angeles': 'CA NV OR WA',
  'America/Anchorage': 'AK',
  'Pacific/Honolulu': 'HI',
}

/** Zone of countries that have one. */
const countries: Record<string, string> = {
  GB: 'Europe/London',
  IE: 'Europe/Dublin',
  DE: 'Europe/Berlin',
  FR: 'Europe/Paris',
  IT: 'Europe/Rome',
  NL: 'Europe/Amsterdam',
  BE: 'Europe/Brussels',
  AT: 'Europe/Vienna',
  CH: 'Europe/Zurich',
  PL: 'Europe/Warsaw',
  SE: 'Europe/Stockholm',
  NO: 'Europe/Oslo',
  DK: 'Europe/Copenhagen',
  FI: 'Europe/Helsinki',
  CZ: 'Europe/Prague',
  JP: 'Asia/Tokyo',
  KR: 'Asia/Seoul',
  CN: 'Asia/Shanghai',
  IN: 'Asia/Kolkata',
  SG: 'Asia/Singapore',
  NZ: 'Pacific/Auckland',
  ZA: 'Africa/Johannesburg',
  NG: 'Africa/Lagos',
  KE: 'Africa/Nairobi',
  TR: 'Europe/Istanbul',
}

/**
 * SQL that gives the zone of a destination from its country and region texts, else UTC.
 * @param zone SQL of a zone the source gives itself
 */
export function destinationZoneSql(zone: string, country: string, region: string): string {
  const states = Object.entries(regions).map(
    ([name, codes]) =>
      `WHEN upper(${region}) IN (${codes
        .split(' ')
        .map((code) => `'${code}'`)
        .join(', ')}) THEN '${name}'`,
  )
  const nations = Object.entries(countries).map(([code, name]) => `WHEN '${code}' THEN '${name}'`)
  const known = `CASE WHEN ${zone} IN (SELECT name FROM pg_timezone_names()) THEN ${zone} END`
  return `coalesce(${known},
    CASE WHEN coalesce(upper(${country}), 'US') IN ('US', 'USA') THEN CASE ${states.join(' ')} END END,
    CASE upper(${country}) ${nations.join(' ')} END, 'UTC')`
}
