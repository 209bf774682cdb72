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

random = np.random.default_rng(5)


def waves(height, width, channels):
    """A smooth picture with noise."""
    y, x = np.mgrid[0:height, 0:width]
    values = [127 + 100 * np.sin((x * (k + 1) + y * (2 - k)) / 5.0) + random.normal(0, 12, (height, width)) for k in range(channels)]
    return np.clip(np.stack(values, -1), 0, 255).astype(np.uint8)


def text(data):
    return base64.b64encode(data).decode()


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def archive(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return text(file.getvalue())


rgb = Image.fromarray(waves(11, 13, 3))
grey = Image.fromarray(waves(9, 10, 1)[..., 0])
files = {
    'rgb-420.jpg': saved(rgb, 'JPEG', quality=85),
    'rgb-444-progressive.jpg': saved(rgb, 'JPEG', quality=90, subsampling=0, progressive=True),
    'grey.jpg': saved(grey, 'JPEG', quality=80),
    'rgb.png': saved(rgb, 'PNG'),
    'grey.png': saved(grey, 'PNG'),
    'palette.png': saved(rgb.quantize(7), 'PNG'),
    'opaque.png': saved(rgb.convert('RGBA'), 'PNG'),
    'grey-16.png': saved(Image.fromarray((np.arange(90).reshape(9, 10) * 700).astype(np.uint16)), 'PNG'),
}
pictures = {}
for name, data in files.items():
    image = Image.open(io.BytesIO(data))
    if name != 'grey-16.png':
        image = image.convert('L' if 'grey' in name else 'RGB')
    pixels = np.asarray(image).astype(int)
    pictures[name] = {'file': text(data), 'height': pixels.shape[0], 'width': pixels.shape[1], 'pixels': pixels.reshape(-1).tolist()}

refused = {
    'cmyk.jpg': text(saved(rgb.convert('CMYK'), 'JPEG')),
    'transparent.png': text(saved(Image.merge('RGBA', (*rgb.split(), Image.fromarray(waves(11, 13, 1)[..., 0]))), 'PNG')),
    'bits.png': text(saved(grey.convert('1'), 'PNG')),
}

plane = waves(11, 13, 1)[..., 0].astype(np.float32) / np.float32(255)
resized = []
for height, width in ((5, 4), (22, 30), (11, 6), (7, 13), (1, 1)):
    output = np.asarray(Image.fromarray(plane).resize((width, height), Image.BILINEAR))
    resized.append({'height': height, 'width': width, 'output': [round(float(value), 7) for value in output.reshape(-1)]})

x = np.arange(24, dtype=np.uint8).reshape(4, 2, 3) * 10
y = np.array([3, 0, 1, 2])
fixture = {
    '_': f'made with Pillow {PIL.__version__}, NumPy {np.__version__}: files and the pixels that Pillow decodes from them',
    'pictures': pictures,
    'refused': refused,
    'resize': {'height': 11, 'width': 13, 'input': [float(value) for value in plane.reshape(-1)], 'to': resized},
    'npz': archive(
        np.savez,
        x=x,
        y=y,
        f=np.linspace(-1, 1, 24, dtype='>f4').reshape(4, 2, 3),
        d=np.linspace(0, 1, 24).reshape(4, 6),
        o=np.asfortranarray(np.zeros((4, 3))),
        i=np.zeros((4, 2), dtype=np.int32),
    ),
    'npzCompressed': archive(np.savez_compressed, x=x, y=y.astype(np.uint8)),
}
target = pathlib.Path(__file__).parents[2] / 'plugins/datasets/src/datasets.fixture.json'
target.write_text(json.dumps(fixture, separators=(',', ':')))
