// The map: provinces as shapes, a ring for each; the places of one province once it is opened. No tiles, no server but ours.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { apart, clusters } from "./clusters.js";
import { STATES, colours, drawMark, drawRing, radiusOf } from "./marks.js";

const COUNTRY = L.latLngBounds([6.6, 102.0], [23.5, 118.0]); // with Hoàng Sa and Trường Sa
const CELL = 52;
const TINY = 8;
const REACH = 26; // px around a mark that belong to it: a thumb is 48 px wide

// Everything that is not a shape, on one canvas above the shapes.
const Marks = L.Layer.extend({
  initialize(draw) {
    this.draw = draw;
  },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPanes().overlayPane);
    map.on("moveend resize viewreset", this.redraw, this);
    this.redraw();
  },
  onRemove(map) {
    this.canvas.remove();
    map.off("moveend resize viewreset", this.redraw, this);
  },
  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      const map = this._map;
      if (!map) return;
      const size = map.getSize();
      const fine = Math.min(2, devicePixelRatio || 1);
      this.canvas.width = size.x * fine;
      this.canvas.height = size.y * fine;
      this.canvas.style.width = `${size.x}px`;
      this.canvas.style.height = `${size.y}px`;
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      const pen = this.canvas.getContext("2d");
      pen.scale(fine, fine);
      this.draw(pen, size);
    });
  },
});

export class Atlas {
  constructor(box, shapes, words, names, islandNames, tell) {
    Object.assign(this, { words, names, islandNames, tell, province: "", places: new Map(), counts: {}, drawn: [] });
    this.filter = () => true;
    this.colour = colours();
    const room = document.createElement("div");
    room.className = "live-map";
    room.setAttribute("aria-label", words.picture);
    room.setAttribute("role", "application");
    box.append(room);
    box.classList.add("running");
    this.map = L.map(room, {
      preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.25, minZoom: 4, maxZoom: 18,
      maxBounds: COUNTRY.pad(0.4), maxBoundsViscosity: 1,
    });
    L.control.zoom({ position: "bottomleft", zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(this.map);
    this.islands = shapes.features.filter((one) => one.geometry.type === "Point");
    const lands = { ...shapes, features: shapes.features.filter((one) => one.geometry.type !== "Point") };
    this.lands = L.geoJSON(lands, {
      style: () => this.landStyle(),
      onEachFeature: (one, layer) => layer.on("click", () => this.tell.open(one.id)),
    }).addTo(this.map);
    this.middles = Object.fromEntries(this.lands.getLayers().map((one) => [one.feature.id, this.middle(one)]));
    this.map.fitBounds(COUNTRY);
    this.marks = new Marks((pen, size) => this.paint(pen, size)).addTo(this.map);
    this.overview();
    this.map.on("click", (event) => this.pressed(event));
    this.map.on("preclick", () => (this.caught = false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
  }

  landStyle() {
    return { color: this.colour.paler, weight: 1, fillColor: this.colour.card, fillOpacity: 1 };
  }

  repaint() {
    this.colour = colours();
    this.lands.setStyle(this.landStyle());
    this.marks.redraw();
    this.drawOverview();
  }

  // The middle of a province's largest part.
  middle(layer) {
    const rings = layer.getLatLngs().map((one) => (Array.isArray(one[0]) ? one[0] : one));
    const largest = rings.reduce((a, b) => (b.length > a.length ? b : a));
    return L.latLngBounds(largest).getCenter();
  }

  show(province, places) {
    this.province = province;
    this.places = new Map(places.map((one) => [one.id, one]));
    this.map.closePopup();
    const land = this.lands.getLayers().find((one) => one.feature.id === province);
    this.map.fitBounds(land ? land.getBounds() : COUNTRY, { padding: [12, 12] });
    this.marks.redraw();
  }

  change(one) {
    if (one.removed || one.province !== this.province || one.lat === null) this.places.delete(one.id);
    else this.places.set(one.id, one);
  }

  // Rings of the provinces, but for the one that is open; its places in cells.
  gather(size) {
    const found = [];
    for (const [code, row] of Object.entries(this.counts)) {
      const many = row.reduce((a, b) => a + b, 0);
      if (!many || code === this.province || !this.middles[code]) continue;
      const { x, y } = this.map.latLngToContainerPoint(this.middles[code]);
      const counts = Object.fromEntries(STATES.map((state, at) => [state, row[at]]));
      found.push({ x, y, many, counts, code, places: [] });
    }
    apart(found, this.tiny() ? 2 * TINY + 1 : this.narrow() ? 34 : 50);
    const origin = this.map.getPixelBounds().min;
    const inside = (x, y) => x > origin.x - CELL && y > origin.y - CELL && x < origin.x + size.x + CELL && y < origin.y + size.y + CELL;
    const project = (lat, lon) => this.map.project([lat, lon]);
    const wanted = [...this.places.values()].filter(this.filter);
    for (const one of clusters(wanted, project, CELL, inside)) found.push({ ...one, x: one.x - origin.x, y: one.y - origin.y });
    return found;
  }

  // The whole country on a phone: 34 rings with numbers would hide it.
  tiny() {
    return this.map.getZoom() < 5;
  }

  narrow() {
    return this.map.getZoom() < 6;
  }

  paint(pen, size) {
    this.drawn = this.gather(size);
    for (const one of this.drawn) {
      if (one.many === 1 && !one.code) drawMark(pen, one.places[0].state, one.x, one.y, 32, this.colour);
      else drawRing(pen, one.counts, one.many, one.x, one.y, one.code && this.tiny() ? TINY : radiusOf(one.many, this.narrow()), this.colour);
    }
    for (const [at, one] of this.islands.entries()) this.paintIslands(pen, one, this.islandNames[at]);
    if (this.map.getZoom() >= 6.5) this.paintNames(pen);
  }

  paintNames(pen) {
    pen.font = "600 14px 'Noto Sans', system-ui, sans-serif";
    pen.textAlign = "center";
    pen.lineWidth = 4;
    pen.strokeStyle = this.colour.card;
    pen.fillStyle = this.colour.ink2;
    for (const [code, middle] of Object.entries(this.middles)) {
      if (code === this.province) continue;
      const { x, y } = this.map.latLngToContainerPoint(middle);
      pen.strokeText(this.names[code], x, y + 40);
      pen.fillText(this.names[code], x, y + 40);
    }
  }

  paintIslands(pen, feature, name) {
    const [lon, lat] = feature.geometry.coordinates;
    const { x, y } = this.map.latLngToContainerPoint([lat, lon]);
    this.islandMark(pen, x, y, name, 13);
  }

  islandMark(pen, x, y, name, letter) {
    pen.strokeStyle = pen.fillStyle = this.colour.ink2;
    pen.lineWidth = 1.2;
    pen.setLineDash([4, 3]);
    pen.strokeRect(x - letter * 1.6, y - letter, letter * 3.2, letter * 2);
    pen.setLineDash([]);
    for (const [dx, dy] of [[-0.5, -0.3], [0.2, 0.3], [0.8, -0.5]]) {
      pen.beginPath();
      pen.arc(x + dx * letter, y + dy * letter, letter / 6, 0, 7);
      pen.fill();
    }
    pen.font = `600 ${letter}px 'Noto Sans', system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = this.colour.ink;
    pen.lineWidth = 3;
    pen.strokeStyle = this.colour.soft;
    pen.strokeText(name, x, y + letter * 2.2);
    pen.fillText(name, x, y + letter * 2.2);
  }

  // A small picture of the whole country with both island districts: it is also the way back.
  overview() {
    const control = L.control({ position: "bottomright" });
    control.onAdd = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "overview";
      button.setAttribute("aria-label", `${this.words.country}: ${this.islandNames.join(", ")}`);
      button.append((this.small = document.createElement("canvas")));
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", () => this.tell.open(""));
      this.room = button;
      return button;
    };
    control.addTo(this.map);
    this.map.on("moveend", () => this.drawOverview());
    this.drawOverview();
  }

  drawOverview() {
    const [width, height] = [116, 122];
    const small = this.small;
    const bounds = this.map.getBounds();
    this.room.hidden = bounds.contains(COUNTRY.pad(-0.08));
    small.width = width * 2;
    small.height = height * 2;
    small.style.width = `${width}px`;
    small.style.height = `${height}px`;
    const pen = small.getContext("2d");
    pen.scale(2, 2);
    const x = (lon) => ((lon - 101.6) / 16.8) * width;
    const y = (lat) => ((23.7 - lat) / 17.3) * height;
    pen.fillStyle = this.colour.card;
    pen.strokeStyle = this.colour.paler;
    pen.lineWidth = 0.4;
    for (const layer of this.lands.getLayers()) {
      for (const part of layer.getLatLngs()) {
        const ring = Array.isArray(part[0]) ? part[0] : part;
        pen.beginPath();
        ring.forEach((one) => pen.lineTo(x(one.lng), y(one.lat)));
        pen.fill();
        pen.stroke();
      }
    }
    for (const [at, one] of this.islands.entries()) {
      const [lon, lat] = one.geometry.coordinates;
      this.islandMark(pen, Math.min(x(lon), width - 24), y(lat), one.properties.short, 8);
    }
    pen.strokeStyle = this.colour.here;
    pen.lineWidth = 1.5;
    const [west, east, north, south] = [bounds.getWest(), bounds.getEast(), bounds.getNorth(), bounds.getSouth()];
    pen.strokeRect(x(west), y(north), Math.max(4, x(east) - x(west)), Math.max(4, y(south) - y(north)));
  }

  pressed(event) {
    const at = event.containerPoint;
    let best = null;
    for (const one of this.drawn) {
      const far = Math.hypot(one.x - at.x, one.y - at.y);
      if (far <= REACH && (!best || far < best.far)) best = { one, far };
    }
    if (!best) return false;
    const { one } = best;
    if (one.code) this.tell.open(one.code);
    else if (one.many === 1 || this.map.getZoom() >= this.map.getMaxZoom()) this.popup(one.places);
    else this.map.setView(this.map.containerPointToLatLng([one.x, one.y]), Math.min(18, this.map.getZoom() + 2));
    return true;
  }

  popup(places) {
    const inside = document.createElement("div");
    for (const place of places) {
      const name = document.createElement("b");
      name.textContent = place.name;
      const state = document.createElement("p");
      state.textContent = `${this.words[place.state]} ${this.tell.since(place.since_ms)}${place.shut ? `. ${this.words.shut}` : ""}`;
      const link = document.createElement("a");
      link.className = "button";
      link.href = `/map/place/${encodeURIComponent(place.id)}`;
      link.textContent = this.words.open;
      inside.append(name, state, link);
    }
    L.popup({ maxWidth: 300 }).setLatLng([places[0].lat, places[0].lon]).setContent(inside).openOn(this.map);
  }
}
