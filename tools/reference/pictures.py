"""Writes plugins/datasets/src/datasets.fixture.json: small pictures and archives, and what Pillow and NumPy make of them.

  python pictures.py   (Pillow 13.0.0, NumPy 2.4.6)
"""
import base64
import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image
rng = np.random.default_rng(5)
def smooth(h, w, c):
    y, x = np.mgrid[0:h, 0:w]
    a = np.stack([(127 + 100*np.sin((x*(k+1)+y*(2-k))/5.0) + rng.normal(0, 12, (h, w))) for k in range(c)], -1)
    return np.clip(a, 0, 255).astype(np.uint8)
def b64(b): return base64.b64encode(b).decode()
def save(im, fmt, **kw):
    f = io.BytesIO(); im.save(f, fmt, **kw); return f.getvalue()
out = {'_': f'made with Pillow {PIL.__version__}, NumPy {np.__version__}: files and the pixels that Pillow decodes from them', 'pictures': {}}
rgb = Image.fromarray(smooth(11, 13, 3)); grey = Image.fromarray(smooth(9, 10, 1)[..., 0])
cases = {
 'rgb-420.jpg': save(rgb, 'JPEG', quality=85), 'rgb-444-progressive.jpg': save(rgb, 'JPEG', quality=90, subsampling=0, progressive=True), 'grey.jpg': save(grey, 'JPEG', quality=80),
 'rgb.png': save(rgb, 'PNG'), 'grey.png': save(grey, 'PNG'), 'palette.png': save(rgb.quantize(7), 'PNG'), 'opaque.png': save(rgb.convert('RGBA'), 'PNG'),
 'grey-16.png': save(Image.fromarray((np.arange(90).reshape(9, 10)*700).astype(np.uint16)), 'PNG'),
}
for name, data in cases.items():
    im = Image.open(io.BytesIO(data))
    if name.startswith('grey-16'): px = np.asarray(im).astype(int)
    elif 'grey' in name: px = np.asarray(im.convert('L')).astype(int)
    else: px = np.asarray(im.convert('RGB')).astype(int)
    out['pictures'][name] = {'file': b64(data), 'height': px.shape[0], 'width': px.shape[1], 'pixels': px.reshape(-1).tolist()}
out['refused'] = {'cmyk.jpg': b64(save(rgb.convert('CMYK'), 'JPEG')), 'transparent.png': b64(save(Image.merge('RGBA', (*rgb.split(), Image.fromarray(smooth(11, 13, 1)[..., 0]))), 'PNG')), 'bits.png': b64(save(grey.convert('1'), 'PNG'))}
plane = smooth(11, 13, 1)[..., 0].astype(np.float32) / np.float32(255)
out['resize'] = {'height': 11, 'width': 13, 'input': [float(v) for v in plane.reshape(-1)], 'to': []}
for h, w in ((5, 4), (22, 30), (11, 6), (7, 13), (1, 1)):
    r = np.asarray(Image.fromarray(plane, 'F').resize((w, h), Image.BILINEAR))
    out['resize']['to'].append({'height': h, 'width': w, 'output': [round(float(v), 7) for v in r.reshape(-1)]})
f = io.BytesIO(); np.savez(f, x=np.arange(24, dtype=np.uint8).reshape(4, 2, 3)*10, y=np.array([3, 0, 1, 2]), f=np.linspace(-1, 1, 24, dtype='>f4').reshape(4, 2, 3), d=np.linspace(0, 1, 24).reshape(4, 6), o=np.asfortranarray(np.zeros((4, 3))), i=np.zeros((4, 2), dtype=np.int32)); out['npz'] = b64(f.getvalue())
f = io.BytesIO(); np.savez_compressed(f, x=np.arange(24, dtype=np.uint8).reshape(4, 2, 3)*10, y=np.array([3, 0, 1, 2], dtype=np.uint8)); out['npzCompressed'] = b64(f.getvalue())
json.dump(out, open(pathlib.Path(__file__).parents[2] / 'plugins/datasets/src/datasets.fixture.json', 'w'), separators=(',', ':'))
